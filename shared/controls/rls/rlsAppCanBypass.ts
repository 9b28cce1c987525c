import type { BypassKind } from "../../access/bypassPath.ts";
import { rowSecurityBypass, type TableBypass } from "../../access/rowSecurityBypass.ts";
import type { Way } from "../../access/way.ts";
import { defineDatabaseControl, fail, pass, subjectOf, unknownWithout } from "../control.ts";
import { applicationLogins } from "./applicationLogins.ts";
import { grantAccess } from "./databaseAccess.ts";

/** What lifts row security from a role altogether. Ways through views, functions and copies have their own controls. */
const lifting: Readonly<Partial<Record<BypassKind, string>>> = {
  superuser: "SUPERUSER",
  bypassRls: "BYPASSRLS",
  owner: "the owner without FORCE",
  azure_pg_admin: "azure_pg_admin",
};

export const rlsAppCanBypass = defineDatabaseControl({
  meta: {
    id: "rls-app-can-bypass",
    title: "Application logins cannot bypass row security",
    severity: "critical",
    requires: ["roles", "memberships", "context"],
    mayRead: ["server", "entraAdministrators", "databases", "sharedAcls"],
    requiresInDatabase: ["protectedTables"],
    frameworks: {
      published: { cisPostgresql: ["4.7"] },
      proposed: { mcsb: ["DP-2"], nist80053r5: ["AC-3", "AC-6"], pciDss401: ["7.2.6"], iso27001_2022: ["A.8.3"] },
    },
    rationale:
      "Policies mean nothing to a superuser, a role with BYPASSRLS, the owner of a table without FORCE and, on Azure, azure_pg_admin; nor to a login that becomes one of them by SET ROLE. An application that can is one injected statement away from the rows of every tenant.",
    remediation: {
      sql: `-- Any one membership on the path of the message. Where the login itself is what its path ends with, give the
-- application another login, the table another owner, or: alter table … force row level security.
revoke "<granted role>" from "<member>";`,
    },
  },

  evaluateDatabase({ protectedTables, ...evidence }, policy, { database, takenAt }) {
    const enabled = protectedTables.filter((table) => table.enabled);
    if (enabled.length === 0) return [];
    const logins = applicationLogins(evidence, policy, takenAt);
    const grants = grantAccess(database, { acls: [], ...evidence });
    const found = new Map<string, Map<string, TableWay>>();
    // What lifts row security depends on the owner and on FORCE alone: one table stands for all that are alike.
    const alike = Map.groupBy(enabled, ({ owner, forced }) => JSON.stringify([owner, forced]));
    for (const tables of alike.values())
      for (const bypass of rowSecurityBypass(logins.access, { ...grants, protectedTables: tables.slice(0, 1) }))
        collect(found, bypass, tables.length, logins.names);
    if (found.size === 0)
      return [pass(subjectOf("database", database), `No application bypasses row security in database ${database}.`)];
    return [...found].map(([login, ways]) => {
      const subject = subjectOf("role", database, login);
      if (logins.doubtful.has(login)) return unknownWithout(subject, "server");
      return fail(
        subject,
        `Role ${login} bypasses row security in database ${database}: ${waysText([...ways.values()])}.`,
      );
    });
  },
});

interface TableWay {
  readonly kind: BypassKind;
  readonly way: Way;
  /** The first of `count` tables. */
  readonly table: string;
  readonly count: number;
}

/** Adds the ways of each login, by kind and owner. Self-granting needs ADMIN OPTION, which role-admin-option judges. */
function collect(
  found: Map<string, Map<string, TableWay>>,
  { schema, table, owner, paths }: TableBypass,
  count: number,
  logins: ReadonlySet<string>,
): void {
  for (const { kind, who } of paths) {
    if (lifting[kind] === undefined) continue;
    const key = kind === "owner" ? `owner ${owner}` : kind;
    for (const [login, way] of who.named) {
      if (way.how === "admin" || !logins.has(login)) continue;
      const ways = found.get(login) ?? new Map<string, TableWay>();
      const known = ways.get(key) ?? { kind, way, table: `${schema}.${table}`, count: 0 };
      found.set(login, ways.set(key, { ...known, count: known.count + count }));
    }
  }
}

/** `3 tables, such as app.accounts, as azure_pg_admin by SET ROLE (app > ops > azure_pg_admin)`, one for each way. */
function waysText(ways: readonly TableWay[]): string {
  const texts = ways.slice(0, 3).map(({ kind, way, table, count }) => {
    const what = count === 1 ? `table ${table}` : `${count} tables, such as ${table},`;
    const how = way.how === "set" ? " by SET ROLE" : "";
    return `${what} as ${lifting[kind] ?? kind}${how} (${way.path.join(" > ")})`;
  });
  const more = ways.length - texts.length;
  return more > 0 ? `${texts.join("; ")}; and ${more} more ways` : texts.join("; ");
}

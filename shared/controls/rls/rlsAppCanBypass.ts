import { type BypassKind, rowSecurityBypass, type TableBypass } from "../../access/rowSecurityBypass.ts";
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
    if (!protectedTables.some(({ enabled }) => enabled)) return [];
    const logins = applicationLogins(evidence, policy, takenAt);
    const tables = rowSecurityBypass(logins.access, {
      ...grantAccess(database, { acls: [], ...evidence }),
      protectedTables,
    });
    const found = bypasses(tables, new Set(logins.names));
    if (found.size === 0)
      return [pass(subjectOf("database", database), `No application bypasses row security in database ${database}.`)];
    return [...found].map(([login, ways]) => {
      const subject = subjectOf("role", database, login);
      if (logins.doubtful.has(login)) return unknownWithout(subject, "server");
      return fail(subject, `Role ${login} bypasses row security in database ${database}: ${waysText(ways)}.`);
    });
  },
});

interface TableWay {
  readonly table: string;
  readonly kind: BypassKind;
  readonly way: Way;
}

/** By login, its ways past each table; self-granting needs ADMIN OPTION, which role-admin-option judges. */
function bypasses(
  tables: readonly TableBypass[],
  logins: ReadonlySet<string>,
): ReadonlyMap<string, readonly TableWay[]> {
  const found = new Map<string, TableWay[]>();
  for (const { schema, table, paths } of tables) {
    for (const { kind, who } of paths) {
      if (lifting[kind] === undefined) continue;
      for (const [login, way] of who.named) {
        if (way.how === "admin" || !logins.has(login)) continue;
        const ways = found.get(login) ?? [];
        ways.push({ table: `${schema}.${table}`, kind, way });
        found.set(login, ways);
      }
    }
  }
  return found;
}

/** `3 tables as azure_pg_admin by SET ROLE (app > ops > azure_pg_admin), first app.accounts`, one for each way. */
function waysText(ways: readonly TableWay[]): string {
  const alike = Map.groupBy(ways, ({ kind, way: { how, path } }) => JSON.stringify([kind, how, path]));
  const texts = [...alike.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { kind, table, way } = first;
    const what = group.length === 1 ? `table ${table}` : `${group.length} tables, such as ${table},`;
    const how = way.how === "set" ? " by SET ROLE" : "";
    return [`${what} as ${lifting[kind] ?? kind}${how} (${way.path.join(" > ")})`];
  });
  const shown = texts.slice(0, 3).join("; ");
  return texts.length > 3 ? `${shown}; and ${texts.length - 3} more ways` : shown;
}

import { defineDatabaseControl, pass, subjectOf } from "../control.ts";
import { isPlatformOwner, isSystemSchema } from "../priv/applicationObjects.ts";
import { applicationHolders } from "./applicationHolders.ts";
import { applicationLogins, judgeLogins } from "./applicationLogins.ts";
import { grantAccess } from "./databaseAccess.ts";
import { qualifiedName } from "./objectNames.ts";

export const rlsMatviewForeign = defineDatabaseControl({
  meta: {
    id: "rls-matview-foreign",
    title: "Materialised views and foreign tables do not hand out protected rows",
    severity: "medium",
    requires: ["roles", "memberships", "context"],
    mayRead: ["server", "entraAdministrators", "databases", "sharedAcls"],
    requiresInDatabase: ["acls", "protectedTables", "protectedViews"],
    frameworks: {
      published: { cisPostgresql: ["4.7"] },
      proposed: { mcsb: ["DP-2"], nist80053r5: ["AC-3", "AC-4"], pciDss401: ["7.2.6"], iso27001_2022: ["A.8.3"] },
    },
    rationale:
      "A materialised view keeps the rows that its owner saw, and has no row security of its own; a foreign table has none either. Whoever may read one reads the rows of every tenant in it.",
    remediation: {
      sql: `-- Where everybody may see all of it, list it in policy.rowSecurity.approvedCopies instead.
revoke select on "<schema>"."<view>" from "<role>";`,
    },
  },

  evaluateDatabase({ acls, protectedTables, protectedViews, ...evidence }, policy, { database, takenAt }) {
    if (!protectedTables.some(({ enabled }) => enabled)) return [];
    const copies = [
      ...copiesOf(protectedViews),
      ...acls.flatMap(({ kind, schema, owner, objects }) =>
        kind !== "foreign_table" || schema === null || isSystemSchema(schema) || isPlatformOwner(owner)
          ? []
          : objects.map((name) => ({ schema, name, kind: "foreign_table" as const, fact: "is a foreign table" })),
      ),
    ];
    if (copies.length === 0)
      return [pass(subjectOf("database", database), `Database ${database} has no copy of protected rows.`)];

    const logins = applicationLogins(evidence, policy, takenAt);
    const grants = grantAccess(database, { acls, ...evidence });
    const readersOf = {
      matview: applicationHolders(logins, grants, { kind: "matview", letters: "r", owner: true }),
      foreign_table: applicationHolders(logins, grants, { kind: "foreign_table", letters: "r", owner: true }),
    };
    return copies.map(({ schema, name, kind, fact }) => {
      const subject = subjectOf(kind === "matview" ? "view" : "foreignTable", database, schema, name);
      const text = `${schema}.${name} of database ${database} ${fact}`;
      if (policy.rowSecurity.approvedCopies.includes(qualifiedName(database, schema, name)))
        return pass(subject, `${text}: the policy approves it.`);
      return judgeLogins(subject, readersOf[kind](schema, name), logins, {
        passes: `${text}, and no application reads it.`,
        fails: (names) => `${text}, without row security, and these applications read it: ${names}.`,
      });
    });
  },
});

interface Source {
  readonly schema: string;
  readonly view: string;
  readonly materialized: boolean;
  readonly tableSchema: string;
  readonly table: string;
}

function copiesOf(views: readonly Source[]) {
  const copies = views.filter(({ materialized }) => materialized);
  const perView = Map.groupBy(copies, ({ schema, view }) => JSON.stringify([schema, view]));
  return [...perView.values()].flatMap((reads) => {
    const [first] = reads;
    if (first === undefined) return [];
    const tables = reads.map(({ tableSchema, table }) => `${tableSchema}.${table}`).sort();
    const fact = `keeps rows of ${tables.join(", ")}`;
    return [{ schema: first.schema, name: first.view, kind: "matview" as const, fact }];
  });
}

import { roleAccess } from "../../access/accessInput.ts";
import { defineDatabaseControl, fail, pass, subjectOf, verdict } from "../control.ts";
import { ownerBypass } from "./ownerBypass.ts";

export const rlsViewInvoker = defineDatabaseControl({
  meta: {
    id: "rls-view-invoker",
    title: "Views over protected tables run as the caller",
    severity: "high",
    requires: ["roles", "memberships", "context"],
    requiresInDatabase: ["protectedTables", "protectedViews"],
    frameworks: {
      published: { cisPostgresql: ["4.7"] },
      proposed: { mcsb: ["DP-2"], nist80053r5: ["AC-3"], pciDss401: ["7.2.6"], iso27001_2022: ["A.8.3"] },
    },
    rationale:
      "A view reads its tables with the rights of its owner, so the policies that apply are those of the owner and not of who asks. From PostgreSQL 15 on a view can run as the caller; before that its owner must be a role that the policies bind.",
    remediation: {
      sql: `-- Before 15, instead: alter view <schema>.<view> owner to a role that the policies of the table bind.
alter view "<schema>"."<view>" set (security_invoker = true);`,
    },
  },

  evaluateDatabase({ protectedTables, protectedViews, roles, memberships, context }, _policy, { database }) {
    const connection = context[0];
    const tables = new Map(
      protectedTables.flatMap((table) => (table.enabled ? [[keyOf(table.schema, table.table), table] as const] : [])),
    );
    if (connection === undefined || tables.size === 0) return [];
    const over = protectedViews.filter(
      ({ materialized, tableSchema, table }) => !materialized && tables.has(keyOf(tableSchema, table)),
    );
    if (over.length === 0)
      return [pass(subjectOf("database", database), `No view of database ${database} reads a protected table.`)];

    const access = roleAccess(roles, memberships, connection);
    const perView = Map.groupBy(over, ({ schema, view }) => keyOf(schema, view));
    return [...perView.values()].flatMap((reads) => {
      const [first] = reads;
      if (first === undefined) return [];
      const { schema, view, owner, invoker } = first;
      const subject = subjectOf("view", database, schema, view);
      const read = reads.map(({ tableSchema, table }) => `${tableSchema}.${table}`).sort();
      const lent = [...new Set(reads.flatMap(({ readsAs }) => readsAs.filter((as) => as !== null)))].sort();
      const fact = `View ${schema}.${view} of database ${database} reads ${read.join(", ")} as ${readersText(lent, owner)}`;
      if (connection.versionNum >= 150000) {
        if (!invoker) return [fail(subject, `${fact}; security_invoker is not set.`)];
        return lent.length === 0
          ? [pass(subject, `${fact}.`)]
          : [fail(subject, `${fact}, for security_invoker is not set on a view below it.`)];
      }
      const why = reads.flatMap(({ tableSchema, table, readsAs }) => {
        const found = tables.get(keyOf(tableSchema, table));
        if (found === undefined) return [];
        return readsAs.flatMap((as) => (as === null ? [] : (ownerBypass(access, as, found) ?? [])));
      })[0];
      const binding = why === undefined ? "whom the policies bind" : `whom the policies do not bind: it ${why}`;
      return [verdict(subject, why === undefined, `${fact}, ${binding}.`)];
    });
  },
});

/** With whose rights the tables are read: a view over other views reads them as the lowest of these does. */
function readersText(lent: readonly string[], owner: string): string {
  if (lent.length === 0) return "the caller";
  return lent.map((name) => (name === owner ? `its owner ${name}` : `${name}, who owns a view below it`)).join(" and ");
}

function keyOf(schema: string, name: string): string {
  return JSON.stringify([schema, name]);
}

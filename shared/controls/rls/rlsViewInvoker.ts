import { roleAccess } from "../../access/accessInput.ts";
import { defineDatabaseControl, pass, subjectOf, verdict } from "../control.ts";
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
      const fact = `View ${schema}.${view} of database ${database} reads ${read.join(", ")}`;
      if (invoker) return [pass(subject, `${fact} as the caller.`)];
      if (connection.versionNum >= 150000)
        return [verdict(subject, false, `${fact} as its owner ${owner}; security_invoker is not set.`)];
      // A view over a view reads the table with the rights of the lower one's owner.
      const why = reads.flatMap(({ tableSchema, table, depth }) => {
        if (depth > 1) return [];
        const found = tables.get(keyOf(tableSchema, table));
        const reason = found === undefined ? undefined : ownerBypass(access, owner, found);
        return reason === undefined ? [] : [reason];
      })[0];
      const binding = why === undefined ? "whom the policies bind" : `whom the policies do not bind: it ${why}`;
      return [verdict(subject, why === undefined, `${fact} as its owner ${owner}, ${binding}.`)];
    });
  },
});

function keyOf(schema: string, name: string): string {
  return JSON.stringify([schema, name]);
}

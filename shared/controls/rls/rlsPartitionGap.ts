import { defineDatabaseControl, pass, subjectOf } from "../control.ts";
import { applicationHolders } from "./applicationHolders.ts";
import { applicationLogins, judgeLogins } from "./applicationLogins.ts";
import { grantAccess } from "./databaseAccess.ts";

export const rlsPartitionGap = defineDatabaseControl({
  meta: {
    id: "rls-partition-gap",
    title: "Partitions of a protected table are protected too",
    severity: "high",
    requires: ["roles", "memberships", "context"],
    mayRead: ["server", "entraAdministrators", "databases", "sharedAcls"],
    requiresInDatabase: ["acls", "protectedTables", "partitions"],
    frameworks: {
      published: { cisPostgresql: ["4.7"] },
      proposed: { mcsb: ["DP-2"], nist80053r5: ["AC-3"], pciDss401: ["7.2.6"], iso27001_2022: ["A.8.3"] },
    },
    rationale:
      "The policies of a partitioned table hold for queries that name that table. A query that names a partition obeys the policies of the partition, and a new one has none.",
    remediation: {
      sql: `-- Or revoke what was granted on the partition: queries of the parent need no grant on it.
alter table "<schema>"."<partition>" enable row level security;`,
    },
  },

  evaluateDatabase({ acls, protectedTables, partitions, ...evidence }, policy, { database, takenAt }) {
    const parents = new Set(
      protectedTables.flatMap(({ schema, table, enabled }) => (enabled ? [JSON.stringify([schema, table])] : [])),
    );
    const children = partitions.filter(({ parentSchema, parentTable }) =>
      parents.has(JSON.stringify([parentSchema, parentTable])),
    );
    if (children.length === 0) return [];
    const logins = applicationLogins(evidence, policy, takenAt);
    const grants = grantAccess(database, { acls, ...evidence });
    // The owner is the owner of the rows either way; rls-force judges that.
    const holdersOf = applicationHolders(logins, grants, { kind: "table", letters: "arwdD", owner: false });

    // A partition of a partition has two protected parents and is one subject.
    const perPartition = Map.groupBy(children, ({ schema, table }) => JSON.stringify([schema, table]));
    return [...perPartition.values()].flatMap((under) => {
      const [first] = under;
      if (first === undefined) return [];
      const { schema, table, parentSchema, parentTable, enabled } = first;
      const subject = subjectOf("table", database, schema, table);
      const fact = `Partition ${schema}.${table} of ${parentSchema}.${parentTable} in database ${database}`;
      if (enabled) return [pass(subject, `${fact} has row security on.`)];
      return [
        judgeLogins(subject, holdersOf(schema, table), logins, {
          passes: `${fact} has row security off, and no application has a right on it.`,
          fails: (names) => `${fact} has row security off, and these applications have rights on it: ${names}.`,
        }),
      ];
    });
  },
});

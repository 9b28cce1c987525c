import { defineDatabaseControl, fail, pass, subjectOf } from "../control.ts";
import { qualifiedName } from "./objectNames.ts";

export const rlsEnabledNoPolicy = defineDatabaseControl({
  meta: {
    id: "rls-enabled-no-policy",
    title: "Tables with row security have a policy, or deny everything on purpose",
    severity: "low",
    requires: [],
    requiresInDatabase: ["protectedTables", "partitions"],
    frameworks: {
      published: { cisPostgresql: ["4.7"] },
      proposed: { mcsb: ["DP-2"], nist80053r5: ["AC-3"], pciDss401: ["7.2.6"], iso27001_2022: ["A.8.3"] },
    },
    rationale:
      "Without a policy nobody but the owner sees a row. That is safe, but more often unfinished than meant, and sooner or later somebody switches row security off to get the application going.",
    remediation: {
      sql: `-- Or list the table in policy.rowSecurity.denyAllTables.
create policy "<policy>" on "<schema>"."<table>" to "<role>"
  using ("<column>" = current_setting('app.tenant', true));`,
    },
  },

  evaluateDatabase({ protectedTables, partitions }, { rowSecurity }, { database }) {
    // Queries go through the parent and obey its policies; a partition without one denies the way round it.
    const children = new Set(partitions.map(({ schema, table }) => JSON.stringify([schema, table])));
    const judged = protectedTables.filter(
      ({ schema, table, enabled }) => enabled && !children.has(JSON.stringify([schema, table])),
    );
    if (judged.length === 0)
      return [pass(subjectOf("database", database), `No table of database ${database} has row security on.`)];
    return judged.map(({ schema, table, policyCount }) => {
      const subject = subjectOf("table", database, schema, table);
      const fact = `Table ${schema}.${table} of database ${database} has row security on and ${policyCount} policies`;
      if (policyCount > 0) return pass(subject, `${fact}.`);
      return rowSecurity.denyAllTables.includes(qualifiedName(database, schema, table))
        ? pass(subject, `${fact}: the policy lists it as meant to deny everything.`)
        : fail(subject, `${fact}: it denies every row, and no list says that this is meant.`);
    });
  },
});

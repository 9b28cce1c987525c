import { defineDatabaseControl, fail, pass, subjectOf } from "../control.ts";

export const rlsPolicyButDisabled = defineDatabaseControl({
  meta: {
    id: "rls-policy-but-disabled",
    title: "Tables with policies have row security on",
    severity: "critical",
    requires: [],
    requiresInDatabase: ["protectedTables"],
    frameworks: {
      published: { cisPostgresql: ["4.7", "o:4.5"] },
      proposed: {
        mcsb: ["DP-2", "PA-7"],
        nist80053r5: ["AC-3", "AC-3(7)"],
        pciDss401: ["7.2.1", "7.2.6"],
        iso27001_2022: ["A.8.3"],
      },
    },
    rationale:
      "Policies of a table do nothing until row security is switched on for it. The table looks protected to everybody who reads its definition, and gives every row to everybody who may read it.",
    remediation: { sql: `alter table "<schema>"."<table>" enable row level security;` },
  },

  evaluateDatabase({ protectedTables }, _policy, { database }) {
    const judged = protectedTables.filter(({ policyCount }) => policyCount > 0);
    if (judged.length === 0) return [pass(subjectOf("database", database), `Database ${database} has no policy.`)];
    return judged.map(({ schema, table, enabled, policyCount }) => {
      const subject = subjectOf("table", database, schema, table);
      const fact = `Table ${schema}.${table} of database ${database} has ${policyCount} policies`;
      return enabled
        ? pass(subject, `${fact}, and row security is on.`)
        : fail(subject, `${fact}, but row security is off: they do nothing.`);
    });
  },
});

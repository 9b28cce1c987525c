import { defineDatabaseControl, subjectOf } from "../control.ts";
import { causeKind, driftVerdicts } from "../role/driftVerdicts.ts";

const kinds: ReadonlySet<string> = new Set(["rowPolicy", "protectedTable"]);

export const rlsPolicyDrift = defineDatabaseControl({
  meta: {
    id: "rls-policy-drift",
    title: "Policies equal the baseline",
    severity: "high",
    requires: [],
    requiresInDatabase: ["protectedTables", "rowPolicies"],
    appliesTo: ["baselineInForce"],
    frameworks: {
      published: { cisPostgresql: ["4.7"] },
      proposed: { mcsb: ["PV-2"], nist80053r5: ["CM-3"], pciDss401: ["11.5.2"], iso27001_2022: ["A.8.9"] },
    },
    rationale:
      "One word in an expression decides which rows a tenant sees, and no query fails when it is wrong. A change that nobody approved is a fault or an attack. Expressions are compared within one version of the server, for PostgreSQL prints them anew in the next.",
    remediation: {
      cli: 'pgwarden baseline approve --server <server> --reason "<why the change is right>"',
      sql: `-- Back to what the baseline says.
alter policy "<policy>" on "<schema>"."<table>" using (<expression of the baseline>);`,
    },
  },

  evaluateDatabase(_evidence, _policy, { database, baselineDrift }) {
    return driftVerdicts(baselineDrift, {
      isOwn: (drift) => drift.database === database && kinds.has(causeKind(drift)),
      parts: ["protectedTables", "rowPolicies"],
      database,
      equal: {
        subject: subjectOf("database", database),
        message: `Row security of database ${database} equals the baseline.`,
      },
    });
  },
});

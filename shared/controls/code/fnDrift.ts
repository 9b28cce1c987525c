import { defineDatabaseControl, subjectOf } from "../control.ts";
import { causeKind, driftVerdicts } from "../role/driftVerdicts.ts";

export const fnDrift = defineDatabaseControl({
  meta: {
    id: "fn-drift",
    title: "SECURITY DEFINER functions equal the baseline",
    severity: "low",
    requires: [],
    requiresInDatabase: ["definerFunctions"],
    appliesTo: ["baselineInForce"],
    frameworks: {
      published: { cisPostgresql: ["4.5"] },
      proposed: {
        mcsb: ["PV-2"],
        nist80053r5: ["CM-3", "SI-7"],
        pciDss401: ["6.5.1", "11.5.2"],
        iso27001_2022: ["A.8.9"],
      },
    },
    rationale:
      "Who can replace the body of such a function decides what its callers do with the owner's rights, and no grant changes when it happens.",
    remediation: {
      cli: 'pgwarden baseline approve --server <server> --reason "<why the change is right>"',
    },
  },

  evaluateDatabase(_evidence, _policy, { database, baselineDrift }) {
    return driftVerdicts(baselineDrift, {
      isOwn: (drift) => drift.database === database && causeKind(drift) === "definerFunction",
      parts: ["definerFunctions"],
      database,
      equal: {
        subject: subjectOf("database", database),
        message: `SECURITY DEFINER functions of database ${database} equal the baseline.`,
      },
    });
  },
});

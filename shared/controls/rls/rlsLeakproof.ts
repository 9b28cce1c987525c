import { defineDatabaseControl, pass, subjectOf, verdict } from "../control.ts";
import { isPlatformOwner } from "../priv/applicationObjects.ts";

export const rlsLeakproof = defineDatabaseControl({
  meta: {
    id: "rls-leakproof",
    title: "No function that users made is LEAKPROOF",
    severity: "low",
    requires: [],
    requiresInDatabase: ["notableFunctions"],
    frameworks: {
      published: { cisPostgresql: ["4.7"] },
      proposed: { mcsb: ["DP-2"], nist80053r5: ["AC-3"], pciDss401: ["7.2.6"], iso27001_2022: ["A.8.3"] },
    },
    rationale:
      "PostgreSQL runs functions that are marked LEAKPROOF on rows that a policy will hide, because they promise to tell nothing. One that does tell, by an error or a message, shows those rows.",
    remediation: { sql: `alter function "<schema>"."<function>" not leakproof;` },
  },

  evaluateDatabase({ notableFunctions }, _policy, { database }) {
    const leakproof = notableFunctions.filter((routine) => routine.leakproof);
    if (leakproof.length === 0)
      return [pass(subjectOf("database", database), `Database ${database} has no LEAKPROOF function of its own.`)];
    return leakproof.map(({ schema, signature, owner }) => {
      const fact = `Function ${schema}.${signature} of database ${database} is LEAKPROOF and belongs to ${owner}`;
      const isPlatforms = isPlatformOwner(owner);
      return verdict(
        subjectOf("function", database, schema, signature),
        isPlatforms,
        isPlatforms ? `${fact}, a role of the platform.` : `${fact}.`,
      );
    });
  },
});

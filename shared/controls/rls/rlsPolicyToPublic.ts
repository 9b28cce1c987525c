import { defineDatabaseControl, fail, pass, subjectOf } from "../control.ts";
import { granteeName } from "../priv/privilegeNames.ts";
import { qualifiedPolicy } from "./objectNames.ts";

export const rlsPolicyToPublic = defineDatabaseControl({
  meta: {
    id: "rls-policy-to-public",
    title: "Permissive policies name the roles that they are for",
    severity: "low",
    requires: [],
    requiresInDatabase: ["rowPolicies"],
    frameworks: {
      published: { cisPostgresql: ["4.7"] },
      proposed: { mcsb: ["DP-2"], nist80053r5: ["AC-6"], pciDss401: ["7.2.1"], iso27001_2022: ["A.8.3"] },
    },
    rationale:
      "A policy for PUBLIC also opens the table to roles that nobody thought of when it was written, and to all that come later. Restrictive policies narrow, so for them PUBLIC is the careful choice.",
    remediation: { sql: `alter policy "<policy>" on "<schema>"."<table>" to "<role>";` },
  },

  evaluateDatabase({ rowPolicies }, { rowSecurity: { publicPolicies } }, { database }) {
    return rowPolicies.map(({ schema, table, name, permissive, roles }) => {
      const subject = subjectOf("policy", database, schema, table, name);
      const fact = `Policy ${name} on ${schema}.${table} of database ${database}`;
      if (!roles.includes(null)) return pass(subject, `${fact} is for ${roles.map(granteeName).join(", ")}.`);
      if (!permissive) return pass(subject, `${fact} is for PUBLIC and restrictive.`);
      return publicPolicies.includes(qualifiedPolicy(database, schema, table, name))
        ? pass(subject, `${fact} is for PUBLIC: the policy approves it.`)
        : fail(subject, `${fact} is for PUBLIC, and no approval names it.`);
    });
  },
});

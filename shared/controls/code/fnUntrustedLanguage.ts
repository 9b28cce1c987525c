import { defineDatabaseControl, pass, subjectOf, verdict } from "../control.ts";
import { isPlatformOwner } from "../priv/applicationObjects.ts";

export const fnUntrustedLanguage = defineDatabaseControl({
  meta: {
    id: "fn-untrusted-language",
    title: "No function of users is written in an untrusted language",
    severity: "high",
    requires: [],
    requiresInDatabase: ["notableFunctions"],
    frameworks: {
      published: { cisPostgresql: ["8.3"] },
      proposed: {
        mcsb: ["PV-2", "PA-7"],
        nist80053r5: ["CM-7", "CM-11"],
        pciDss401: ["2.2.4"],
        iso27001_2022: ["A.8.19", "A.8.28"],
      },
    },
    rationale:
      "A language is untrusted when its functions can do what the server process can: read files, open connections, load code. Privileges inside the database mean nothing to such a function.",
    remediation: { sql: `drop function "<schema>"."<function>";` },
  },

  evaluateDatabase({ notableFunctions }, _policy, { database }) {
    const untrusted = notableFunctions.filter(({ trustedLanguage }) => !trustedLanguage);
    if (untrusted.length === 0)
      return [
        pass(
          subjectOf("database", database),
          `No function of users in database ${database} is in an untrusted language.`,
        ),
      ];
    return untrusted.map(({ schema, signature, owner, language }) => {
      const fact = `Function ${schema}.${signature} of database ${database} is written in ${language} and belongs to ${owner}`;
      const isPlatforms = isPlatformOwner(owner);
      return verdict(
        subjectOf("function", database, schema, signature),
        isPlatforms,
        isPlatforms ? `${fact}, a role of the platform.` : `${fact}; ${language} is untrusted.`,
      );
    });
  },
});

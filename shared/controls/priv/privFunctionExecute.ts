import { defineDatabaseControl, pass, subjectOf, verdict } from "../control.ts";
import { isPlatformOwner } from "./applicationObjects.ts";

export const privFunctionExecute = defineDatabaseControl({
  meta: {
    id: "priv-function-execute",
    title: "SECURITY DEFINER functions are not executable by PUBLIC",
    severity: "high",
    requires: [],
    requiresInDatabase: ["definerFunctions"],
    frameworks: {
      published: { cisPostgresql: ["4.5", "o:4.3"] },
      proposed: {
        mcsb: ["PA-7"],
        nist80053r5: ["AC-3", "AC-6(8)"],
        pciDss401: ["7.2.1"],
        iso27001_2022: ["A.8.3"],
      },
    },
    rationale:
      "Such a function lends its owner's rights to whoever calls it, and unless somebody takes it away PUBLIC may call every new function: each fault in the body is open to the lowest login.",
    remediation: {
      sql: `-- An overloaded routine needs the argument types of the message behind its name.
grant execute on routine "<schema>"."<routine>" to "<role that calls it>";
revoke execute on routine "<schema>"."<routine>" from public;`,
    },
  },

  evaluateDatabase({ definerFunctions }, _policy, { database }) {
    const own = definerFunctions.filter(({ extension, owner }) => !extension && !isPlatformOwner(owner));
    if (own.length === 0)
      return [
        pass(subjectOf("database", database), `Database ${database} has no SECURITY DEFINER function of its own.`),
      ];
    return own.map(({ schema, signature, owner, publicExecute }) => {
      const subject = subjectOf("function", database, schema, signature);
      const may = publicExecute ? "may" : "cannot";
      const message = `PUBLIC ${may} execute ${schema}.${signature} of database ${database}, which runs as ${owner}.`;
      return verdict(subject, !publicExecute, message);
    });
  },
});

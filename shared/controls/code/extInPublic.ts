import { defineDatabaseControl, pass, subjectOf, verdict } from "../control.ts";

export const extInPublic = defineDatabaseControl({
  meta: {
    id: "ext-in-public",
    title: "Extensions live outside schema public",
    severity: "low",
    requires: [],
    requiresInDatabase: ["extensions"],
    frameworks: { proposed: { mcsb: ["PV-2"], nist80053r5: ["CM-6"], pciDss401: ["2.2.6"], iso27001_2022: ["A.8.9"] } },
    rationale:
      "In public the functions of an extension stand among those of everybody, in every search_path, and whoever may create there can put one of the same name beside them.",
    remediation: {
      sql: `-- Some extensions cannot be moved: drop and create them again in the other schema.
alter extension "<extension>" set schema "<schema>";`,
    },
  },

  evaluateDatabase({ extensions }, _policy, { database }) {
    const judged = extensions.filter(({ name }) => name !== "plpgsql");
    if (judged.length === 0)
      return [pass(subjectOf("database", database), `Database ${database} has no extension of its own.`)];
    return judged.map(({ name, schema }) =>
      verdict(
        subjectOf("extension", database, name),
        schema !== "public",
        `Extension ${name} of database ${database} lives in schema ${schema}.`,
      ),
    );
  },
});

import { defineDatabaseControl, fail, pass, subjectOf } from "../control.ts";

export const extOutdated = defineDatabaseControl({
  meta: {
    id: "ext-outdated",
    title: "Extensions are at the version that the server offers",
    severity: "low",
    requires: [],
    requiresInDatabase: ["extensions"],
    frameworks: {
      published: { cisPostgresql: ["1.5"] },
      proposed: { mcsb: ["PV-6"], nist80053r5: ["SI-2"], pciDss401: ["6.3.3"], iso27001_2022: ["A.8.8"] },
    },
    rationale:
      "Updating the server brings new files of an extension, but not its new definitions: those wait for a statement in each database, and with them the fixes.",
    remediation: { sql: `alter extension "<extension>" update;` },
  },

  evaluateDatabase({ extensions }, _policy, { database }) {
    return extensions.map(({ name, version, defaultVersion }) => {
      const subject = subjectOf("extension", database, name);
      const fact = `Extension ${name} of database ${database} is at version ${version}`;
      if (defaultVersion === null) return fail(subject, `${fact}; the server no longer offers it.`);
      return version === defaultVersion
        ? pass(subject, `${fact}, the one that the server offers.`)
        : fail(subject, `${fact}; the server offers ${defaultVersion}.`);
    });
  },
});

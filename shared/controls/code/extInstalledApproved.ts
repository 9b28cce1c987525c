import { defineDatabaseControl, fail, pass, subjectOf } from "../control.ts";

/** What some extensions open, so that a finding says why it matters. */
const opens: readonly (readonly [RegExp, string])[] = [
  [/^(dblink|postgres_fdw)$/, "connects to other servers"],
  [/^azure_(storage|ai)$/, "reaches other services and keeps their keys"],
  [/^pg_cron$/, "runs statements when nobody is connected"],
  [/^(lo|adminpack)$/, "reaches past tables"],
  [/^pl(python|perl).*u$/, "runs code outside the database"],
];

export const extInstalledApproved = defineDatabaseControl({
  meta: {
    id: "ext-installed-approved",
    title: "Installed extensions are approved in every database",
    severity: "medium",
    requires: [],
    requiresInDatabase: ["extensions"],
    frameworks: {
      published: { cisPostgresql: ["1.2"] },
      proposed: { mcsb: ["PV-2"], nist80053r5: ["CM-7", "CM-8"], pciDss401: ["2.2.4"], iso27001_2022: ["A.8.19"] },
    },
    rationale:
      "An extension is code that runs in the server, and some reach other machines, keep keys or run on a schedule. It is installed per database, so a look at one of them shows nothing of the others.",
    remediation: { sql: `drop extension "<extension>";` },
  },

  evaluateDatabase({ extensions }, { code: { approvedExtensions } }, { database }) {
    if (extensions.length === 0)
      return [pass(subjectOf("database", database), `Database ${database} has no extension.`)];
    return extensions.map(({ name, owner }) => {
      const subject = subjectOf("extension", database, name);
      if (approvedExtensions.includes(name))
        return pass(subject, `Extension ${name} of database ${database} is approved.`);
      const power = opens.find(([pattern]) => pattern.test(name))?.[1];
      const reason = power === undefined ? "" : ` It ${power}.`;
      return fail(subject, `Extension ${name} of database ${database}, owned by ${owner}, is not approved.${reason}`);
    });
  },
});

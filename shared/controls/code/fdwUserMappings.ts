import { defineDatabaseControl, fail, pass, subjectOf } from "../control.ts";

export const fdwUserMappings = defineDatabaseControl({
  meta: {
    id: "fdw-user-mappings",
    title: "No user mapping of foreign data is for PUBLIC",
    severity: "high",
    requires: [],
    requiresInDatabase: ["userMappings"],
    frameworks: {
      published: { cisPostgresql: ["6.x"] },
      proposed: {
        mcsb: ["IM-8", "NS-2"],
        nist80053r5: ["IA-5(7)", "AC-4"],
        pciDss401: ["8.6.2"],
        iso27001_2022: ["A.5.17"],
      },
    },
    rationale:
      "A mapping says as whom the other server is entered. One for PUBLIC lends that login to every role of the database. Whether a mapping keeps a password is not read: PostgreSQL shows it to its own role only, in clear text.",
    remediation: {
      sql: `drop user mapping for public server "<server>";
-- Then one for each role that needs it: create user mapping for <role> server <server>.`,
    },
  },

  evaluateDatabase({ userMappings }, _policy, { database }) {
    return userMappings.map(({ server, role }) => {
      const place = `foreign server ${server} in database ${database}`;
      return role === null
        ? fail(
            subjectOf("userMapping", database, server),
            `A user mapping for PUBLIC lends a login to ${place} to every role.`,
          )
        : pass(subjectOf("userMapping", database, server, role), `A user mapping for ${role} leads to ${place}.`);
    });
  },
});

import { defineControl, fail, pass, subjectOf, unknownWithout, verdict } from "../control.ts";
import { approvedBy } from "./attributeHolders.ts";
import { birthright } from "./birthrights.ts";
import { isPlatformRole } from "./platformRoles.ts";
import { isUsableLogin } from "./usableLogin.ts";

/** Connections that the service keeps for replication and monitoring (Microsoft's page on limits, 2025). */
const reserve = 15;

export const roleConnectionLimit = defineControl({
  meta: {
    id: "role-connection-limit",
    title: "Application logins have a connection limit",
    severity: "low",
    requires: ["roles", "context"],
    mayRead: ["server", "entraAdministrators"],
    frameworks: {
      published: { cisPostgresql: ["5.5"] },
      proposed: { mcsb: ["PV-2"], nist80053r5: ["AC-10", "SC-5"], pciDss401: ["2.2.6"], iso27001_2022: ["A.8.6"] },
    },
    rationale:
      "One login without a limit can take every connection of the server, by a fault or on purpose, and locks out all others, administrators included.",
    remediation: {
      sql: `alter role "<role>" connection limit 10;`,
    },
  },

  evaluate({ roles, context, server, entraAdministrators }, policy, { takenAt }) {
    const logins = roles.filter((role) => isUsableLogin(role, takenAt) && !isPlatformRole(role.name));
    const judged = logins.map((role) => {
      const subject = subjectOf("role", role.name);
      if (role.connectionLimit !== null)
        return pass(subject, `Role ${role.name} may open ${role.connectionLimit} connections.`);
      const reason =
        birthright(role, { server, entraAdministrators }) ?? approvedBy(policy.roles.unlimitedConnections, role.name);
      if (reason !== undefined) return pass(subject, `Role ${role.name} has no connection limit: ${reason}.`);
      if (server === null) return unknownWithout(subject, "server");
      return fail(subject, `Role ${role.name} has no connection limit; a number is needed.`);
    });

    const maxConnections = context[0]?.maxConnections;
    if (maxConnections === undefined) return judged;
    const sum = logins.reduce((total, { connectionLimit }) => total + (connectionLimit ?? 0), 0);
    const message = `The limits of all login roles add up to ${sum} connections; the server has ${maxConnections}, of which ${reserve} are reserved.`;
    return [...judged, verdict("server", sum <= maxConnections - reserve, message)];
  },
});

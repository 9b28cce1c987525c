import { defineControl, fail, pass, subjectOf, unknownWithout } from "../control.ts";
import { parameterRemediation } from "../parameterControl.ts";
import {
  clientSessions,
  clientsOf,
  seesSessions,
  sessionCount,
  sessionsByRole,
  sessionsText,
} from "./clientSessions.ts";

export const tlsSessionsEncrypted = defineControl({
  meta: {
    id: "tls-sessions-encrypted",
    title: "Every client session is on TLS",
    severity: "high",
    requires: ["sessions", "context"],
    frameworks: {
      published: { cisPostgresql: ["6.8"] },
      proposed: { mcsb: ["DP-3"], nist80053r5: ["SC-8"], pciDss401: ["4.2.1"], iso27001_2022: ["A.8.24"] },
    },
    rationale:
      "A session opened before TLS was required goes on in the clear until it ends. Pools keep such sessions for weeks.",
    remediation: {
      ...parameterRemediation("require_secure_transport", "on"),
      sql: `-- Clients reconnect over TLS once the parameter is on.
select pg_catalog.pg_terminate_backend(a.pid)
  from pg_catalog.pg_stat_activity a join pg_catalog.pg_stat_ssl s using (pid)
 where not s.ssl and a.backend_type = 'client backend' and a.client_addr is not null and a.usename <> 'azuresu'`,
    },
  },

  evaluate({ sessions, context }) {
    if (!seesSessions(context)) return [unknownWithout("server", "sessions", "the login lacks pg_read_all_stats.")];
    return [...sessionsByRole(clientSessions(sessions))].map(([role, ofRole]) => {
      const subject = subjectOf("role", role);
      const clear = ofRole.filter(({ tls }) => !tls);
      if (clear.length === 0) return pass(subject, `Role ${role} has ${sessionsText(ofRole)}, all on TLS.`);
      return fail(
        subject,
        `Role ${role} has ${sessionsText(ofRole)}, ${sessionCount(clear)} of them not on TLS: ${clientsOf(clear)}.`,
      );
    });
  },
});

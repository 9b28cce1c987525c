import type { Session } from "../../model/catalogEvidence.ts";
import { defineControl, fail, pass, subjectOf, unknownWithout } from "../control.ts";
import { parameterRemediation } from "../parameterControl.ts";
import { isAuthenticatedEncryption, isCurrentProtocol, isForwardSecret } from "./cipherStrength.ts";
import { clientSessions, clientsOf, seesSessions, sessionsByRole, sessionsText } from "./clientSessions.ts";

export const tlsSessionCiphers = defineControl({
  meta: {
    id: "tls-session-ciphers",
    title: "No live session uses a weak protocol or cipher",
    severity: "low",
    requires: ["sessions", "context"],
    frameworks: {
      published: { cisPostgresql: ["6.10"] },
      proposed: { mcsb: ["DP-3"], nist80053r5: ["SC-8", "SC-13"], pciDss401: ["4.2.1"], iso27001_2022: ["A.8.24"] },
    },
    rationale:
      "What a probe negotiates is the best case. Old drivers bring weaker suites, and they show only in the sessions that are open.",
    remediation: {
      ...parameterRemediation("ssl_min_protocol_version", "TLSv1.2"),
      sql: `-- Which clients need a newer driver:
select a.usename, a.application_name, a.client_addr, s.version, s.cipher
  from pg_catalog.pg_stat_activity a join pg_catalog.pg_stat_ssl s using (pid)
 where s.ssl and (s.version not in ('TLSv1.2', 'TLSv1.3') or s.cipher !~ 'GCM|CCM|POLY1305')`,
    },
  },

  evaluate({ sessions, context }) {
    if (!seesSessions(context)) return [unknownWithout("server", "sessions", "the login lacks pg_read_all_stats.")];
    // A session without TLS has no cipher; tls-sessions-encrypted judges it.
    const encrypted = clientSessions(sessions).filter(({ tls }) => tls);
    return [...sessionsByRole(encrypted)].map(([role, ofRole]) => {
      const subject = subjectOf("role", role);
      const weak = ofRole.filter((session) => !isStrong(session));
      if (weak.length === 0) return pass(subject, `Role ${role} has ${sessionsText(ofRole)} on TLS, all strong.`);
      const suites = [...new Set(weak.map(({ protocol, cipher }) => `${protocol ?? "?"} ${cipher ?? "?"}`))];
      return fail(
        subject,
        `Role ${role} has ${sessionsText(weak)} on weak TLS (${suites.join(", ")}): ${clientsOf(weak)}.`,
      );
    });
  },
});

function isStrong({ protocol, cipher }: Session): boolean {
  if (protocol === null || cipher === null) return false;
  return isCurrentProtocol(protocol) && isForwardSecret(protocol, cipher) && isAuthenticatedEncryption(cipher);
}

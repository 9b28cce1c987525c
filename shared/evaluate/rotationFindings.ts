import { subjectOf } from "../controls/control.ts";
import type { Finding } from "../model/finding.ts";
import type { Posture } from "../model/posture.ts";
import { fingerprintOf } from "./evaluatePosture.ts";

/**
 * What rotation itself remarked about the credentials of a server (a stale consumer, a password that somebody set by
 * hand, an answer of Azure that changed nothing), as findings that can be waived like others. None where the credentials
 * could not be read: the controls over them say so.
 */
export function rotationFindings({ server, sections: { credentials } }: Posture): readonly Finding[] {
  if (credentials.state === "unavailable") return [];
  return credentials.items.flatMap(({ name, notes }) =>
    notes.map(({ code, severity, title, message }) => {
      const controlId = `rotation-${code}`;
      const subject = subjectOf("credential", name);
      return {
        fingerprint: fingerprintOf(server.id, controlId, subject),
        controlId,
        title,
        severity,
        subject,
        outcome: "fail" as const,
        message: `Credential ${name}: ${message}`,
      };
    }),
  );
}

import type { Finding, Waiver } from "../model/finding.ts";
import type { ServerRef, Severity } from "../model/server.ts";
import { subjectOf } from "../controls/control.ts";
import { fingerprintOf } from "./evaluatePosture.ts";

interface WaiverContext {
  readonly server: Pick<ServerRef, "id" | "name">;
  /** When the posture was taken, ISO 8601: the clock that a waiver expires by. */
  readonly takenAt: string;
}

/**
 * A fail with a live waiver becomes `waived` and keeps why, by whom and until when. A waiver that has expired, and one
 * that matches nothing, become findings of their own after the others. Waivers that name another server are ignored.
 */
export function applyWaivers(
  findings: readonly Finding[],
  waivers: readonly Waiver[],
  { server, takenAt }: WaiverContext,
): readonly Finding[] {
  const here = waivers.filter((waiver) => waiver.server === undefined || sameName(waiver.server, server.name));
  const live = here.filter((waiver) => isLive(waiver, takenAt));
  const judged = findings.map((finding) => {
    const waiver = live.find((candidate) => isAbout(candidate, finding));
    return finding.outcome === "fail" && waiver !== undefined ? waive(finding, waiver) : finding;
  });
  const expired = here.filter((waiver) => !live.includes(waiver)).map((waiver) => expiredFinding(waiver, server.id));
  const unmatched = live
    .filter((waiver) => !isInUse(waiver, findings))
    .map((waiver) => unmatchedFinding(waiver, findings, server.id));
  return [...judged, ...unique([...expired, ...unmatched])];
}

/** From the beginning of the day `expires` on (UTC) a waiver is over; one whose date cannot be read was never live. */
function isLive({ expires }: Waiver, takenAt: string): boolean {
  return Date.parse(takenAt) < Date.parse(expires);
}

function isAbout({ control, subject }: Waiver, finding: Finding): boolean {
  return finding.controlId === control && finding.subject === subject;
}

/** An unknown control says nothing about its subjects, so it also cannot say that a waiver is of no use. */
function isInUse(waiver: Waiver, findings: readonly Finding[]): boolean {
  return findings.some(
    (finding) =>
      (finding.outcome === "fail" && isAbout(waiver, finding)) ||
      (finding.outcome === "unknown" &&
        finding.controlId === waiver.control &&
        (finding.subject === "server" || finding.subject === waiver.subject)),
  );
}

function waive(finding: Finding, { reason, owner, expires }: Waiver): Finding {
  return {
    ...finding,
    outcome: "waived",
    message: `${finding.message} Waived until ${expires} by ${owner}: ${reason}`,
  };
}

function expiredFinding(waiver: Waiver, serverId: string): Finding {
  const message = `The waiver of ${nameOf(waiver)} by ${waiver.owner} ended on ${waiver.expires}; renew it with a reason or remove it.`;
  return waiverFinding("waiver-expired", "No expired waiver is left", "medium", waiver, message, serverId);
}

function unmatchedFinding(waiver: Waiver, findings: readonly Finding[], serverId: string): Finding {
  const met = findings.find((finding) => isAbout(waiver, finding));
  const why = met === undefined ? "there is no such finding" : `its outcome is ${met.outcome}`;
  const message = `The waiver of ${nameOf(waiver)} by ${waiver.owner} matches nothing: ${why}. Correct or remove it.`;
  // A waiver for every server need not have something to waive on each of them.
  const severity = waiver.server === undefined ? "info" : "medium";
  return waiverFinding(
    "waiver-unmatched",
    "Every waiver matches a failing finding",
    severity,
    waiver,
    message,
    serverId,
  );
}

function waiverFinding(
  controlId: string,
  title: string,
  severity: Severity,
  waiver: Waiver,
  message: string,
  serverId: string,
): Finding {
  const subject = subjectOf("waiver", waiver.control, waiver.subject);
  const fingerprint = fingerprintOf(serverId, controlId, subject);
  return { fingerprint, controlId, title, severity, subject, outcome: "fail", message };
}

/** Two waivers of one finding that both ended are one finding: the ledger knows each fingerprint once. */
function unique(findings: readonly Finding[]): readonly Finding[] {
  return [...new Map(findings.toReversed().map((finding) => [finding.fingerprint, finding])).values()].toReversed();
}

function nameOf({ control, subject }: Waiver): string {
  return `${control} for ${subject}`;
}

function sameName(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}

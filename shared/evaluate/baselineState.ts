import type { Baseline, OutdatedBaseline } from "../model/drift.ts";
import type { Finding } from "../model/finding.ts";
import type { ServerRef, Severity } from "../model/server.ts";
import { fingerprintOf } from "./evaluatePosture.ts";

interface BaselineContext {
  readonly server: Pick<ServerRef, "id" | "name">;
  /** When the posture was taken, ISO 8601: the clock that an approval ends by. */
  readonly takenAt: string;
}

export interface BaselineState {
  /** What drift is measured against; undefined when nothing was approved or the approval holds no more. */
  readonly inForce: Baseline | undefined;
  /** What is wrong with the approval, as findings that can be waived like others; none while one is in force. */
  readonly findings: readonly Finding[];
}

/**
 * Whether a server's baseline holds. Without one no drift from it is known, which must be told (low, in every scan
 * alike: an unchanged server has unchanged findings); one that ran out, or that an upgrade of pgwarden has made
 * incomparable, was meant to be renewed (high).
 */
export function baselineState(
  baseline: Baseline | OutdatedBaseline | undefined,
  { server, takenAt }: BaselineContext,
): BaselineState {
  function finding(controlId: string, title: string, severity: Severity, message: string): Finding {
    const subject = "baseline";
    const fingerprint = fingerprintOf(server.id, controlId, subject);
    return { fingerprint, controlId, title, severity, subject, outcome: "fail", message };
  }

  if (baseline === undefined) {
    const message = `No baseline of server ${server.name} was ever approved, so drift from it is not known; \`pgwarden baseline approve\` approves the last snapshot.`;
    return { inForce: undefined, findings: [finding("baseline-missing", "A baseline is approved", "low", message)] };
  }
  const ended = endOf(baseline, takenAt);
  if (ended === undefined && baseline.snapshot !== null) return { inForce: baseline, findings: [] };
  const { approvedBy, approvedAt } = baseline;
  const why = ended ?? "is of an earlier version of snapshots, which nothing can be compared with";
  const message = `The baseline of server ${server.name} ${why}; ${approvedBy} approved it on ${approvedAt.slice(0, 10)}. Approve a snapshot anew.`;
  return {
    inForce: undefined,
    findings: [finding("baseline-expired", "The approved baseline is in force", "high", message)],
  };
}

function endOf({ expires }: Pick<Baseline, "expires">, at: string): string | undefined {
  return expires === null || isInForce({ expires }, at) ? undefined : `ended on ${expires}`;
}

/** From the instant `expires` on, a day counting from its beginning (UTC); a date that cannot be read is over. */
export function isInForce({ expires }: Pick<Baseline, "expires">, at: string): boolean {
  return expires === null || Date.parse(at) < Date.parse(expires);
}

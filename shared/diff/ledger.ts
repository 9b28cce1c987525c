import type { LedgerEntry, LedgerState } from "../model/drift.ts";
import type { Finding } from "../model/finding.ts";
import { byCodeUnit } from "./canonical.ts";

export interface LedgerChange {
  readonly state: LedgerState;
  readonly entry: LedgerEntry;
  /** Null for what this scan did not judge: an absent finding, or one frozen by missing evidence. */
  readonly finding: Finding | null;
}

export interface LedgerUpdate {
  /** Open and resolved entries; the very array that was given when nothing changed. */
  readonly entries: readonly LedgerEntry[];
  /** One per entry that is open now, or was until now. */
  readonly changes: readonly LedgerChange[];
  readonly changed: boolean;
}

/**
 * Brings a server's findings ledger up to a scan. What a control cannot tell now stays open as it was: evidence that is
 * missing neither resolves nor rewords anything.
 *
 * @param now when the posture was taken, ISO 8601
 */
export function updateLedger(entries: readonly LedgerEntry[], findings: readonly Finding[], now: string): LedgerUpdate {
  const known = new Map(entries.map((entry) => [entry.fingerprint, entry]));
  const unknownControls = new Set(
    findings.filter(({ outcome }) => outcome === "unknown").map(({ controlId }) => controlId),
  );
  const judged = new Set(findings.map(({ fingerprint }) => fingerprint));
  const open = new Map<string, LedgerChange>();
  for (const finding of findings) {
    const change = openChange(known.get(finding.fingerprint), finding, now);
    if (change !== undefined) open.set(finding.fingerprint, change);
  }

  const rest = entries
    .filter(({ fingerprint, resolvedAt }) => resolvedAt === null && !open.has(fingerprint))
    .map((entry): LedgerChange => {
      if (unknownControls.has(entry.controlId) && !judged.has(entry.fingerprint))
        return { state: "unchanged", entry, finding: null };
      return { state: "absent", entry: { ...entry, changedAt: now, resolvedAt: now }, finding: null };
    });

  const changes = [...open.values(), ...rest].sort(byEntry);
  if (changes.every(({ state }) => state === "unchanged")) return { entries, changes, changed: false };
  for (const { entry } of changes) known.set(entry.fingerprint, entry);
  const next = [...known.values()].sort((left, right) => byCodeUnit(keyOf(left), keyOf(right)));
  return { entries: next, changes, changed: true };
}

function openChange(known: LedgerEntry | undefined, finding: Finding, now: string): LedgerChange | undefined {
  const { fingerprint, controlId, subject, outcome, severity, message } = finding;
  if (outcome === "pass" || outcome === "notApplicable") return undefined;
  const isOpen = known !== undefined && known.resolvedAt === null;
  // A fail of the server itself has the fingerprint of the unknown that now hides it.
  if (isOpen && outcome === "unknown" && known.outcome !== "unknown")
    return { state: "unchanged", entry: known, finding: null };
  if (isOpen && known.outcome === outcome && known.severity === severity && known.message === message)
    return { state: "unchanged", entry: known, finding };
  const firstSeen = known?.firstSeen ?? now;
  const entry = {
    fingerprint,
    controlId,
    subject,
    outcome,
    severity,
    message,
    firstSeen,
    changedAt: now,
    resolvedAt: null,
  };
  return { state: isOpen ? "updated" : "new", entry, finding };
}

function byEntry(left: LedgerChange, right: LedgerChange): number {
  return byCodeUnit(keyOf(left.entry), keyOf(right.entry));
}

function keyOf({ controlId, subject, fingerprint }: LedgerEntry): string {
  return [controlId, subject, fingerprint].join("\n");
}

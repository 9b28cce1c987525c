import type { BaselineDrift, Drift, UncomparedPart } from "../../model/drift.ts";
import type { Verdict } from "../../model/finding.ts";
import { type ComparisonGap, fail, pass, subjectOf } from "../control.ts";

/** What of a baseline a control judges. */
export interface OwnDrift {
  readonly isOwn: (drift: Drift) => boolean;
  /** The parts that such drift is found in: equality is claimed of no part that was not compared. */
  readonly parts: readonly UncomparedPart["part"][];
  /** The database being judged; absent for a control of the server. */
  readonly database?: string;
  /** What passes where nothing differs. */
  readonly equal: { readonly subject: string; readonly message: string };
}

/**
 * One verdict per cause of drift from the baseline that is of a control's own kind, and a gap per part that was not
 * compared. Without a baseline that is in force there is nothing to judge: that it is missing is a finding of its own.
 */
export function driftVerdicts(
  baseline: BaselineDrift | null,
  { isOwn, equal, ...where }: OwnDrift,
): readonly (Verdict | ComparisonGap)[] {
  if (baseline === null) return [];
  const judged = [
    ...baseline.drifts.filter(isOwn).map(({ cause, message }) => fail(cause, message)),
    ...comparisonGaps(baseline, where),
  ];
  return judged.length === 0 ? [pass(equal.subject, equal.message)] : judged;
}

/** The parts of a control that were not compared: those of the server, and those of the database being judged. */
export function comparisonGaps(
  { uncompared }: BaselineDrift,
  { parts, database }: Pick<OwnDrift, "parts" | "database">,
): readonly ComparisonGap[] {
  const place = database === undefined ? [] : [database];
  return uncompared
    .filter((one) => parts.includes(one.part) && (one.database === null || one.database === database))
    .map((one) => ({ subject: subjectOf("part", ...place, one.part), outcome: "unknown", uncompared: one }));
}

/** The first part of a cause: `role` of `role/app_rw`. */
export function causeKind({ cause }: Drift): string {
  return cause.split("/", 1)[0] ?? "";
}

import type { Drift } from "../../model/drift.ts";
import type { Verdict } from "../../model/finding.ts";
import { fail, pass } from "../control.ts";

/**
 * One verdict per cause of drift from the baseline that is of a control's own kind. Without a baseline that is in
 * force there is nothing to judge: that it is missing is a finding of its own.
 */
export function driftVerdicts(
  drift: readonly Drift[] | null,
  isOwn: (drift: Drift) => boolean,
  equal: { readonly subject: string; readonly message: string },
): readonly Verdict[] {
  if (drift === null) return [];
  const own = drift.filter(isOwn);
  if (own.length === 0) return [pass(equal.subject, equal.message)];
  return own.map(({ cause, message }) => fail(cause, message));
}

/** The first part of a cause: `role` of `role/app_rw`. */
export function causeKind({ cause }: Drift): string {
  return cause.split("/", 1)[0] ?? "";
}

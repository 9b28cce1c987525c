import type { Membership } from "../../model/catalogEvidence.ts";
import { subjectOf } from "../control.ts";

/**
 * Why a list of `role/member` pairs lets a membership pass. A `/` or `%` in a name stands percent-encoded in the list,
 * as it does in subjects: `a/b` granted to `c` is not `a` granted to `b/c`.
 */
export function approvedPair(
  pairs: readonly string[],
  { role, member }: Pick<Membership, "role" | "member">,
): string | undefined {
  const subject = subjectOf("membership", role, member);
  return pairs.some((pair) => `membership/${pair}` === subject) ? "the policy approves it" : undefined;
}

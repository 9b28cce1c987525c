import type { BypassPath } from "../access/bypassPath.ts";
import type { BypassCauses } from "./bypassCauses.ts";
import type { ComparedLogins } from "./comparedLogins.ts";

/**
 * Which logins can have a way on this side and not, or less directly, on the other one.
 *
 * @param other the same way on the other side
 * @param isTouched whether a way to a role can lead over changed roles and memberships
 */
export function movedFor(
  { needs }: BypassPath,
  other: BypassPath | undefined,
  causes: BypassCauses,
  isTouched: (role: string) => boolean,
): keyof ComparedLogins {
  if (other === undefined || needs.length !== other.needs.length || causes.hasNewOwner()) return "all";
  // Owners of tables are no privilege that could have moved: their way ends at another role then.
  if (needs.some(({ from }, at) => !isSame(from, other.needs[at]?.from ?? []))) return "all";
  // What PUBLIC has there nobody gains.
  const gainable = needs.filter((_, at) => other.needs[at]?.open !== true);
  if (gainable.some(({ on }) => on !== null && causes.hasMoved(on))) return "all";
  return gainable.some(({ from }) => from.some(isTouched)) ? "moved" : "newcomers";
}

function isSame(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((role, at) => role === right[at]);
}

import type { BypassPath } from "../access/bypassPath.ts";
import type { Need } from "../access/need.ts";
import type { BypassCauses } from "./bypassCauses.ts";

/** A need of a way, and the same of the other side's. */
export interface NeedPair {
  readonly need: Need;
  /** Undefined when the other side has no such way. */
  readonly known: Need | undefined;
  /** Whose answer for it can be another one: all roles', that of those only whose roles or memberships changed, nobody's. */
  readonly movedFor: "all" | "moved" | "nobody";
}

/**
 * @param isTouched whether a way to a role can lead over changed roles and memberships
 */
export function needPairs(
  path: BypassPath,
  other: BypassPath | undefined,
  causes: BypassCauses,
  isTouched: (role: string) => boolean,
): readonly NeedPair[] {
  const isNew =
    other === undefined ||
    path.needs.length !== other.needs.length ||
    causes.hasNewOwner() ||
    path.needs.some(({ from }, at) => !isSame(from, other.needs[at]?.from ?? []));
  return path.needs.map((need, at) => {
    const isGranted = isNew || (need.on !== null && causes.hasMoved(need.on));
    const movedFor = isGranted ? "all" : need.from.some(isTouched) ? "moved" : "nobody";
    return { need, known: other?.needs[at], movedFor };
  });
}

/** Owners of tables are no privilege that could have moved: their way ends at another role then. */
function isSame(from: readonly string[], ends: readonly string[]): boolean {
  return from.length === ends.length && from.every((role, at) => role === ends[at]);
}

/** Who can have the way on this side only, or more directly: what PUBLIC has on the other side nobody gains. */
export function movedBy(pairs: readonly NeedPair[]): NeedPair["movedFor"] {
  const open = pairs.filter(({ known }) => known?.open !== true).map(({ movedFor }) => movedFor);
  return open.find((moved) => moved === "all") ?? open.find((moved) => moved === "moved") ?? "nobody";
}

import type { Membership } from "../../model/catalogEvidence.ts";

/**
 * The roles whose privileges a role can use, itself first: SET ROLE as often as it may, then what is inherited from
 * there. ADMIN OPTION alone lends nothing. Linear in the memberships met, and no recursion for deep chains.
 */
export function heldRoles(role: string, granted: ReadonlyMap<string, readonly Membership[]>): ReadonlySet<string> {
  const settable = new Set([role]);
  // A set grows while it is walked, and what is added is met too.
  for (const name of settable) for (const edge of granted.get(name) ?? []) if (edge.set) settable.add(edge.role);
  const held = new Set(settable);
  for (const name of held) for (const edge of granted.get(name) ?? []) if (edge.inherit) held.add(edge.role);
  return held;
}

/** What was granted to each member. */
export function grantedTo(memberships: readonly Membership[]): ReadonlyMap<string, readonly Membership[]> {
  return Map.groupBy(memberships, ({ member }) => member);
}

import type { Membership, Role } from "../model/catalogEvidence.ts";
import { type MembershipGraph, membershipGraph } from "./membershipGraph.ts";
import { type ImpliedMembership, type Start, VIA_ADMIN, type Walk, walk } from "./membershipWalk.ts";
import { ReachedRoles } from "./reachedRoles.ts";

/** Attributes of a role: nobody inherits them, they work after SET ROLE to a holder. */
export type RoleAttribute = "superuser" | "bypassRls" | "replication" | "createRole" | "createDb";

export type ReachTarget =
  { readonly kind: "role"; readonly name: string } | { readonly kind: "attribute"; readonly name: RoleAttribute };

/** `inherit`: at once. `set`: after SET ROLE. `admin`: after granting itself a role, which ADMIN OPTION allows. */
export type How = "inherit" | "set" | "admin";

export interface Reach {
  readonly how: How;
  /** A shortest way of that kind: the role itself first, the target or the holder of the attribute last. */
  readonly path: readonly string[];
}

/**
 * Who reaches a target, by the best way each role has: `inherit` before `set` before `admin` (roles.md §6.1).
 *
 * A role that is the target is not in the answer; a holder of an attribute is, with `inherit` and itself as path.
 * That superusers reach everything is not repeated per target: ask for the attribute `superuser`.
 */
export function reach(
  target: ReachTarget,
  memberships: readonly Membership[],
  roles: readonly Role[],
  version: { readonly versionNum: number },
): ReadonlyMap<string, Reach> {
  return reachIn(membershipGraph(memberships, roles, version), target);
}

export interface WayTo<V> extends Reach {
  readonly via: V;
}

/** As `reach`, for several targets over one graph: linear in its edges. */
export function reachIn(graph: MembershipGraph, target: ReachTarget): ReadonlyMap<string, Reach> {
  const found = walk(graph, startsOf(graph, target));
  const itself = target.kind === "role" ? target.name : undefined;
  return new ReachedRoles(graph, found, itself, (at) => ({
    how: howOf(found, at),
    // All paths of a chain of 10,000 roles would hold 50 million names.
    get path() {
      return pathFrom(found, at, graph.names);
    },
  }));
}

/**
 * Who reaches any of the starts, each role by its best and then shortest way; a start is in the answer itself, with
 * its own name as path. Starts that are no roles lead nowhere.
 */
export function reachFrom<V>(
  graph: MembershipGraph,
  starts: readonly Start<V>[],
  implied?: ImpliedMembership,
): ReadonlyMap<string, WayTo<V>> {
  const found = walk(graph, starts, implied);
  return new ReachedRoles(graph, found, undefined, (at) => ({
    how: howOf(found, at),
    get path() {
      return pathFrom(found, at, graph.names);
    },
    get via() {
      return viaOf(found, at, starts);
    },
  }));
}

/** Where a walk to a target begins: at the role itself, or at every holder of the attribute. */
export function startsOf({ names, roles }: MembershipGraph, target: ReachTarget): readonly Start<null>[] {
  if (target.kind === "role") return [{ role: target.name, as: "privilege", via: null }];
  const holders = names.filter((_, index) => roles[index]?.[target.name] === true);
  return holders.map((role) => ({ role, as: "attribute", via: null }));
}

/** By the flags of a state. */
const ways = ["inherit", "set", "admin", "admin"] as const;

function howOf({ states, before }: Walk, at: number): How {
  const state = states[at] ?? 0;
  const isHolder = (before[at] ?? 0) < 0 && (state & VIA_ADMIN) === 0;
  return isHolder ? "inherit" : (ways[state & 3] ?? "admin");
}

function pathFrom({ states, before }: Walk, from: number, names: readonly string[]): readonly string[] {
  const path: string[] = [];
  for (let at = from; at >= 0; at = before[at] ?? -1) path.push(names[(states[at] ?? 0) >> 2] ?? "");
  return path;
}

function viaOf<V>({ before }: Walk, from: number, starts: readonly Start<V>[]): V {
  let at = from;
  while (at >= 0) at = before[at] ?? -1;
  const start = starts[-1 - at];
  if (start === undefined) throw new Error(`A way ends at start ${-1 - at} of ${starts.length}.`);
  return start.via;
}

import type { Membership, Role } from "../model/catalogEvidence.ts";
import { type MembershipGraph, membershipGraph } from "./membershipGraph.ts";

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

// A state is a role with what the walk may still do there, as `role * 4 + flags`.
/** Only SET edges may follow; without it INHERIT edges may too. */
const SET = 1;
/** The way holds an ADMIN edge. */
const ADMIN = 2;
const UNSEEN = -1;
const START = -2;

/** As `reach`, for several targets over one graph: linear in its edges. */
export function reachIn(graph: MembershipGraph, target: ReachTarget): ReadonlyMap<string, Reach> {
  const from = new Int32Array(graph.names.length * 4).fill(UNSEEN);
  const queue: number[] = [];
  function visit(state: number, before: number): void {
    if (from[state] !== UNSEEN) return;
    from[state] = before;
    queue.push(state);
  }

  for (const state of startStates(graph, target)) visit(state, START);
  let grantorsVisited = graph.grantors.length === 0;
  // The queue grows while it is walked: breadth first, hence shortest ways, and no recursion for deep chains.
  for (const state of queue) {
    const admin = state & ADMIN;
    for (const edge of graph.members[state >> 2] ?? []) {
      if (edge.inherit && (state & SET) === 0) visit(edge.member * 4 + admin, state);
      if (edge.set) visit(edge.member * 4 + admin + SET, state);
      if (edge.admin) visit(edge.member * 4 + ADMIN, state);
    }
    if (grantorsVisited || graph.roles[state >> 2]?.superuser === true) continue;
    // Before 16, CREATEROLE grants itself any role; the power is an attribute, so others need SET to use it.
    for (const grantor of graph.grantors) visit(grantor * 4 + ADMIN + SET, state);
    grantorsVisited = true;
  }
  return answer(graph, target, queue, from);
}

function startStates({ names, roles, indexOf }: MembershipGraph, target: ReachTarget): readonly number[] {
  if (target.kind === "role") {
    const at = indexOf.get(target.name);
    return at === undefined ? [] : [at * 4];
  }
  return roles
    .flatMap((role) => (role?.[target.name] === true ? [role.name] : []))
    .sort()
    .map((name) => (indexOf.get(name) ?? names.length) * 4 + SET);
}

const ways = ["inherit", "set", "admin", "admin"] as const;
const rank: Readonly<Record<How, number>> = { inherit: 0, set: 1, admin: 2 };

function answer(
  { names }: MembershipGraph,
  target: ReachTarget,
  visited: readonly number[],
  from: Int32Array,
): ReadonlyMap<string, Reach> {
  const best = new Map<string, Reach>();
  for (const state of visited) {
    const name = names[state >> 2];
    if (name === undefined || (target.kind === "role" && name === target.name)) continue;
    const how = from[state] === START ? "inherit" : (ways[state & (SET | ADMIN)] ?? "admin");
    const known = best.get(name);
    if (known !== undefined && rank[known.how] <= rank[how]) continue;
    // Made when it is asked for: all paths of a chain of 10,000 roles would hold 50 million names.
    best.set(name, {
      how,
      get path() {
        return pathFrom(state, from, names);
      },
    });
  }
  return best;
}

function pathFrom(state: number, from: Int32Array, names: readonly string[]): readonly string[] {
  const path: string[] = [];
  for (let at = state; at >= 0; at = from[at] ?? START) path.push(names[at >> 2] ?? "");
  return path;
}

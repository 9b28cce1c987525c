import type { Membership, Role } from "../model/catalogEvidence.ts";
import { ADMIN, INHERIT, type MembershipGraph, membershipGraph, SET } from "./membershipGraph.ts";

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
const SET_ONLY = 1;
/** The way holds an ADMIN edge. */
const VIA_ADMIN = 2;

const UNSEEN = -1;
const START = -2;

/** The states of a walk in the order in which they were reached, and the state before each. */
interface Walk {
  readonly visited: Int32Array;
  readonly before: Int32Array;
}

/** As `reach`, for several targets over one graph: linear in its edges. */
export function reachIn(graph: MembershipGraph, target: ReachTarget): ReadonlyMap<string, Reach> {
  return answer(graph, target, walk(graph, startStates(graph, target)));
}

/** Breadth first, hence shortest ways, and no recursion for deep chains. */
function walk(
  { names, firstEdge, members, options, roles, grantors }: MembershipGraph,
  starts: readonly number[],
): Walk {
  const before = new Int32Array(names.length * 4).fill(UNSEEN);
  const queue = new Int32Array(names.length * 4);
  let length = 0;
  function visit(state: number, from: number): void {
    if (before[state] !== UNSEEN) return;
    before[state] = from;
    queue[length] = state;
    length += 1;
  }

  for (const state of starts) visit(state, START);
  let haveGranted = grantors.length === 0;
  for (let at = 0; at < length; at += 1) {
    const state = queue[at] ?? 0;
    const role = state >> 2;
    const via = state & VIA_ADMIN;
    for (let edge = firstEdge[role] ?? 0; edge < (firstEdge[role + 1] ?? 0); edge += 1) {
      const member = (members[edge] ?? 0) * 4;
      const may = options[edge] ?? 0;
      if ((may & INHERIT) !== 0 && (state & SET_ONLY) === 0) visit(member + via, state);
      if ((may & SET) !== 0) visit(member + via + SET_ONLY, state);
      if ((may & ADMIN) !== 0) visit(member + VIA_ADMIN, state);
    }
    if (haveGranted || roles[role]?.superuser === true) continue;
    // Before 16, CREATEROLE grants itself any role; the power is an attribute, so others need SET to use it.
    for (const grantor of grantors) visit(grantor * 4 + VIA_ADMIN + SET_ONLY, state);
    haveGranted = true;
  }
  return { visited: queue.subarray(0, length), before };
}

function startStates({ roles, indexOf }: MembershipGraph, target: ReachTarget): readonly number[] {
  if (target.kind === "attribute")
    return roles.flatMap((role, index) => (role?.[target.name] === true ? [index * 4 + SET_ONLY] : []));
  const index = indexOf.get(target.name);
  return index === undefined ? [] : [index * 4];
}

/** By the flags of a state. */
const ways = ["inherit", "set", "admin", "admin"] as const;

function answer(
  { names, indexOf }: MembershipGraph,
  target: ReachTarget,
  { visited, before }: Walk,
): ReadonlyMap<string, Reach> {
  const best = new Int32Array(names.length).fill(UNSEEN);
  for (const state of visited) {
    const known = best[state >> 2] ?? UNSEEN;
    if (known === UNSEEN || isBetter(state, known)) best[state >> 2] = state;
  }
  if (target.kind === "role") best[indexOf.get(target.name) ?? names.length] = UNSEEN;

  const reached = new Map<string, Reach>();
  for (const state of best) {
    if (state === UNSEEN) continue;
    const how = before[state] === START ? "inherit" : (ways[state & 3] ?? "admin");
    // Made when it is asked for: all paths of a chain of 10,000 roles would hold 50 million names.
    reached.set(names[state >> 2] ?? "", {
      how,
      get path() {
        return pathFrom(state, before, names);
      },
    });
  }
  return reached;
}

/** Of two states of one role; of two ways over ADMIN the one that was found first is the shorter one. */
function isBetter(state: number, known: number): boolean {
  const isAdmin = (state & VIA_ADMIN) !== 0;
  return (state & 3) < (known & 3) && !(isAdmin && (known & VIA_ADMIN) !== 0);
}

function pathFrom(state: number, before: Int32Array, names: readonly string[]): readonly string[] {
  const path: string[] = [];
  for (let at = state; at >= 0; at = before[at] ?? START) path.push(names[at >> 2] ?? "");
  return path;
}

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

/** Where a walk begins. */
export interface Start<V> {
  readonly role: string;
  /**
   * `privilege`: what the role may do, which members inherit. `attribute`: what it is, along SET only. `selfGrant`:
   * what it may do once it has granted that to itself, as the owner of an object can.
   */
  readonly as: "privilege" | "attribute" | "selfGrant";
  /** What ways that end here use. */
  readonly via: V;
}

export interface WayTo<V> extends Reach {
  readonly via: V;
}

/** A membership that no catalog row names: the owner of a database in `pg_database_owner` there (roles.md §1.5). */
export interface ImpliedMembership {
  readonly role: string;
  readonly member: string;
  readonly inherit: boolean;
}

// A state is a role with what the walk may still do there, as `role * 4 + flags`.
/** Only SET edges may follow; without it INHERIT edges may too. */
const SET_ONLY = 1;
/** The way holds an ADMIN edge. */
const VIA_ADMIN = 2;

const flagsOf: Readonly<Record<Start<unknown>["as"], number>> = {
  privilege: 0,
  attribute: SET_ONLY,
  selfGrant: VIA_ADMIN,
};

const UNSEEN = -1;
/** In place of the state before a start: START for the first one, START - 1 for the second, and so on. */
const START = -2;

interface Walk {
  /** The state before each, by state. */
  readonly before: Int32Array;
  /** The best state per role that was reached, in the order of names. */
  readonly best: readonly (readonly [role: number, state: number])[];
}

/** As `reach`, for several targets over one graph: linear in its edges. */
export function reachIn(graph: MembershipGraph, target: ReachTarget): ReadonlyMap<string, Reach> {
  const { before, best } = walk(graph, startsOf(graph, target));
  const reached = new Map<string, Reach>();
  for (const [role, state] of best) {
    const name = graph.names[role] ?? "";
    if (target.kind === "role" && target.name === name) continue;
    // Made when it is asked for: all paths of a chain of 10,000 roles would hold 50 million names.
    reached.set(name, {
      how: howOf(state, before),
      get path() {
        return pathFrom(state, before, graph.names);
      },
    });
  }
  return reached;
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
  const { before, best } = walk(graph, starts, implied);
  const reached = new Map<string, WayTo<V>>();
  for (const [role, state] of best) {
    reached.set(graph.names[role] ?? "", {
      how: howOf(state, before),
      get path() {
        return pathFrom(state, before, graph.names);
      },
      get via() {
        return viaOf(starts, startOf(state, before));
      },
    });
  }
  return reached;
}

/** Breadth first, hence shortest ways, and no recursion for deep chains. */
function walk(graph: MembershipGraph, starts: readonly Start<unknown>[], implied?: ImpliedMembership): Walk {
  const { names, indexOf, firstEdge, members, options, roles, grantors } = graph;
  const before = new Int32Array(names.length * 4).fill(UNSEEN);
  const queue = new Int32Array(names.length * 4);
  let length = 0;
  function visit(state: number, from: number): void {
    if (before[state] !== UNSEEN) return;
    before[state] = from;
    queue[length] = state;
    length += 1;
  }
  function follow(state: number, member: number, may: number): void {
    const via = state & VIA_ADMIN;
    if ((may & INHERIT) !== 0 && (state & SET_ONLY) === 0) visit(member * 4 + via, state);
    if ((may & SET) !== 0) visit(member * 4 + via + SET_ONLY, state);
    if ((may & ADMIN) !== 0) visit(member * 4 + VIA_ADMIN, state);
  }

  for (const [number, { role, as }] of starts.entries()) {
    const index = indexOf.get(role);
    if (index !== undefined) visit(index * 4 + flagsOf[as], START - number);
  }
  const impliedRole = indexOf.get(implied?.role ?? "");
  const impliedMember = indexOf.get(implied?.member ?? "");
  let haveGranted = grantors.length === 0;
  for (let at = 0; at < length; at += 1) {
    const state = queue[at] ?? 0;
    const role = state >> 2;
    for (let edge = firstEdge[role] ?? 0; edge < (firstEdge[role + 1] ?? 0); edge += 1)
      follow(state, members[edge] ?? 0, options[edge] ?? 0);
    if (role === impliedRole && impliedMember !== undefined)
      follow(state, impliedMember, implied?.inherit === true ? INHERIT | SET : SET);
    if (haveGranted || roles[role]?.superuser === true) continue;
    // Before 16, CREATEROLE grants itself any role; the power is an attribute, so others need SET to use it.
    for (const grantor of grantors) visit(grantor * 4 + VIA_ADMIN + SET_ONLY, state);
    haveGranted = true;
  }
  return { before, best: bestStates(names.length, queue.subarray(0, length)) };
}

function startsOf({ names, roles }: MembershipGraph, target: ReachTarget): readonly Start<null>[] {
  if (target.kind === "role") return [{ role: target.name, as: "privilege", via: null }];
  const holders = names.filter((_, index) => roles[index]?.[target.name] === true);
  return holders.map((role) => ({ role, as: "attribute", via: null }));
}

/** By the flags of a state. */
const ways = ["inherit", "set", "admin", "admin"] as const;

/** The best state per role, in the order of names. */
function bestStates(roleCount: number, visited: Int32Array): readonly (readonly [role: number, state: number])[] {
  const best = new Int32Array(roleCount).fill(UNSEEN);
  for (const state of visited) {
    const known = best[state >> 2] ?? UNSEEN;
    if (known === UNSEEN || isBetter(state, known)) best[state >> 2] = state;
  }
  const found: (readonly [number, number])[] = [];
  for (const [role, state] of best.entries()) if (state !== UNSEEN) found.push([role, state]);
  return found;
}

function howOf(state: number, before: Int32Array): How {
  const isHolder = (before[state] ?? 0) <= START && (state & VIA_ADMIN) === 0;
  return isHolder ? "inherit" : (ways[state & 3] ?? "admin");
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

function startOf(state: number, before: Int32Array): number {
  let at = state;
  while (at >= 0) at = before[at] ?? START;
  return START - at;
}

function viaOf<V>(starts: readonly Start<V>[], number: number): V {
  const start = starts[number];
  if (start === undefined) throw new Error(`A way ends at start ${number} of ${starts.length}.`);
  return start.via;
}

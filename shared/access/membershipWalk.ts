import { ADMIN, INHERIT, type MembershipGraph, SET } from "./membershipGraph.ts";

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

/** A membership that no catalog row names: the owner of a database in `pg_database_owner` there (roles.md §1.5). */
export interface ImpliedMembership {
  readonly role: string;
  readonly member: string;
  readonly inherit: boolean;
}

// A state is a role with what the walk may still do there, as `role * 4 + flags`.
/** Only SET edges may follow; without it INHERIT edges may too. */
export const SET_ONLY = 1;
/** The way holds an ADMIN edge. */
export const VIA_ADMIN = 2;

const flagsOf: Readonly<Record<Start<unknown>["as"], number>> = {
  privilege: 0,
  attribute: SET_ONLY,
  selfGrant: VIA_ADMIN,
};

/** What was reached; as large as that, and not as the graph. */
export interface Walk {
  /** States in the order in which they were reached. */
  readonly states: Int32Array;
  /** Per state the number of the one before; -1 for the first start, -2 for the second, and so on. */
  readonly before: Int32Array;
  /** The roles that were reached, ascending. */
  readonly roles: Int32Array;
  /** Per role of `roles` the number of its best state. */
  readonly best: Int32Array;
}

/** Breadth first, hence shortest ways, and no recursion for deep chains. */
export function walk(graph: MembershipGraph, starts: readonly Start<unknown>[], implied?: ImpliedMembership): Walk {
  const { indexOf, firstEdge, members, options, roles, grantors } = graph;
  const { seen, queue, from, bestOf } = scratchOf(graph);
  let length = 0;
  function visit(state: number, before: number): void {
    if (seen[state] === 1) return;
    seen[state] = 1;
    queue[length] = state;
    from[length] = before;
    length += 1;
  }
  function follow(at: number, state: number, member: number, may: number): void {
    const via = state & VIA_ADMIN;
    if ((may & INHERIT) !== 0 && (state & SET_ONLY) === 0) visit(member * 4 + via, at);
    if ((may & SET) !== 0) visit(member * 4 + via + SET_ONLY, at);
    if ((may & ADMIN) !== 0) visit(member * 4 + VIA_ADMIN, at);
  }

  for (const [number, { role, as }] of starts.entries()) {
    const index = indexOf.get(role);
    if (index !== undefined) visit(index * 4 + flagsOf[as], -1 - number);
  }
  const impliedRole = indexOf.get(implied?.role ?? "");
  const impliedMember = indexOf.get(implied?.member ?? "");
  let haveGranted = grantors.length === 0;
  for (let at = 0; at < length; at += 1) {
    const state = queue[at] ?? 0;
    const role = state >> 2;
    for (let edge = firstEdge[role] ?? 0; edge < (firstEdge[role + 1] ?? 0); edge += 1)
      follow(at, state, members[edge] ?? 0, options[edge] ?? 0);
    if (role === impliedRole && impliedMember !== undefined)
      follow(at, state, impliedMember, implied?.inherit === true ? INHERIT | SET : SET);
    if (haveGranted || roles[role]?.superuser === true) continue;
    // Before 16, CREATEROLE grants itself any role; the power is an attribute, so others need SET to use it.
    for (const grantor of grantors) visit(grantor * 4 + VIA_ADMIN + SET_ONLY, at);
    haveGranted = true;
  }

  const states = queue.slice(0, length);
  const reached = bestStates(states, bestOf);
  for (const state of states) seen[state] = 0;
  return { states, before: from.slice(0, length), ...reached };
}

/** Leaves `bestOf` as it was: all 0. */
function bestStates(states: Int32Array, bestOf: Int32Array): Pick<Walk, "roles" | "best"> {
  let count = 0;
  for (const [at, state] of states.entries()) {
    const known = (bestOf[state >> 2] ?? 0) - 1;
    if (known < 0) count += 1;
    if (known < 0 || isBetter(state, states[known] ?? 0)) bestOf[state >> 2] = at + 1;
  }
  const roles = new Int32Array(count);
  let found = 0;
  for (const [at, state] of states.entries()) {
    if (bestOf[state >> 2] !== at + 1) continue;
    roles[found] = state >> 2;
    found += 1;
  }
  roles.sort();
  const best = roles.map((role) => (bestOf[role] ?? 0) - 1);
  for (const role of roles) bestOf[role] = 0;
  return { roles, best };
}

/** Of two states of one role; of two ways over ADMIN the one that was found first is the shorter one. */
function isBetter(state: number, known: number): boolean {
  const isAdmin = (state & VIA_ADMIN) !== 0;
  return (state & 3) < (known & 3) && !(isAdmin && (known & VIA_ADMIN) !== 0);
}

interface Scratch {
  readonly seen: Uint8Array;
  readonly queue: Int32Array;
  readonly from: Int32Array;
  readonly bestOf: Int32Array;
}

/** Made once per graph and left clean by each walk: most walks reach a handful of 20,000 roles. */
function scratchOf(graph: MembershipGraph): Scratch {
  const known = scratch.get(graph);
  if (known !== undefined) return known;
  const roles = graph.names.length;
  const made = {
    seen: new Uint8Array(roles * 4),
    queue: new Int32Array(roles * 4),
    from: new Int32Array(roles * 4),
    bestOf: new Int32Array(roles),
  };
  scratch.set(graph, made);
  return made;
}

const scratch = new WeakMap<MembershipGraph, Scratch>();

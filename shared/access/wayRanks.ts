import type { MembershipGraph } from "./membershipGraph.ts";
import type { Need } from "./need.ts";
import { ReachedRoles } from "./reachedRoles.ts";
import { noWay, rankOf, type Who } from "./way.ts";

/** How direct the ways of all roles are, by their numbers in the graph; `noWay` for roles without one. */
export type WayRanks = Uint8Array;

/** PUBLIC's way counts for every role. Made once per answer. */
export function ranksOf(who: Who, graph: MembershipGraph): WayRanks {
  const known = made.get(who);
  if (known !== undefined) return known;
  const ranks = who.everyone === undefined ? ranksIn(who.named, graph) : new Uint8Array(graph.names.length);
  made.set(who, ranks);
  return ranks;
}

const made = new WeakMap<Who, WayRanks>();

/** Without PUBLIC's way. */
export function ranksIn(named: Who["named"], graph: MembershipGraph): WayRanks {
  if (named instanceof ReachedRoles) return named.ranks();
  const ranks = new Uint8Array(graph.names.length).fill(noWay);
  for (const [role, { how }] of named) {
    const index = graph.indexOf.get(role);
    if (index !== undefined) ranks[index] = rankOf(how);
  }
  return ranks;
}

/** One list per need; the rank of the way that has them all is the highest in them, as `wayWithAll` has it. */
export function ranksOfAll(needs: readonly Need[], graph: MembershipGraph): readonly WayRanks[] {
  const [first, ...others] = needs;
  if (first === undefined) return [new Uint8Array(graph.names.length).fill(noWay)];
  const limiting = others.filter(({ who }) => who.everyone === undefined);
  return [ranksOf(first.who, graph), ...limiting.map((need) => ranksWithout(need, graph))];
}

/** Roles that do without what is needed have it at once. */
function ranksWithout({ who, free }: Need, graph: MembershipGraph): WayRanks {
  if (free.size === 0) return ranksOf(who, graph);
  const known = madeFree.get(who);
  if (known?.free === free) return known.ranks;
  const ranks = ranksOf(who, graph).slice();
  for (const role of free) {
    const index = graph.indexOf.get(role);
    if (index !== undefined) ranks[index] = rankOf("inherit");
  }
  madeFree.set(who, { free, ranks });
  return ranks;
}

const madeFree = new WeakMap<Who, { readonly free: ReadonlySet<string>; readonly ranks: WayRanks }>();

export function highestRank(all: readonly WayRanks[], role: number): number {
  let highest = 0;
  for (const ranks of all) {
    const rank = ranks[role] ?? noWay;
    if (rank > highest) highest = rank;
  }
  return highest;
}

/** The rank of one role, by its number. */
export type RankOf = (role: number) => number;

/**
 * The rank of a role's most direct way of several. Found out when it is asked for, once: some comparisons are about one
 * login of 20,000, some ask for all of them many times.
 */
export function lowestRank(ways: readonly { readonly needs: readonly Need[] }[], graph: MembershipGraph): RankOf {
  const all = ways.map(({ needs }) => ranksOfAll(needs, graph));
  const known = new Uint8Array(graph.names.length).fill(unasked);
  return (role) => {
    const rank = known[role] ?? unasked;
    if (rank !== unasked) return rank;
    let lowest = noWay;
    for (const ranks of all) lowest = Math.min(lowest, highestRank(ranks, role));
    known[role] = lowest;
    return lowest;
  };
}

const unasked = 255;

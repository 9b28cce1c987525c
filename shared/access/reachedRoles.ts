import type { MembershipGraph } from "./membershipGraph.ts";
import { SET_ONLY, VIA_ADMIN, type Walk } from "./membershipWalk.ts";

/**
 * Role → its way, in the order of names. A way is made when it is asked for: most of what a walk finds nobody looks
 * at, and a quarter of a million ways cost more than the walks.
 */
export class ReachedRoles<T> implements ReadonlyMap<string, T> {
  readonly #graph: MembershipGraph;
  readonly #walk: Walk;
  readonly #wayFrom: (at: number) => T;
  /** Number of the role that is left out; -1 for none. */
  readonly #without: number;
  readonly size: number;

  /**
   * @param without a role that is not to be in the answer
   * @param wayFrom makes the way that begins with a state of the walk, given its number there
   */
  constructor(graph: MembershipGraph, walk: Walk, without: string | undefined, wayFrom: (at: number) => T) {
    this.#graph = graph;
    this.#walk = walk;
    this.#wayFrom = wayFrom;
    this.#without = without === undefined ? -1 : (graph.indexOf.get(without) ?? -1);
    this.size = walk.roles.length - (placeOf(walk.roles, this.#without) === undefined ? 0 : 1);
  }

  has(role: string): boolean {
    return this.#find(role) !== undefined;
  }

  get(role: string): T | undefined {
    const at = this.#find(role);
    return at === undefined ? undefined : this.#wayFrom(at);
  }

  *entries(): MapIterator<[string, T]> {
    const { roles, best } = this.#walk;
    for (const [place, role] of roles.entries())
      if (role !== this.#without) yield [this.#graph.names[role] ?? "", this.#wayFrom(best[place] ?? 0)];
  }

  *keys(): MapIterator<string> {
    for (const role of this.#walk.roles) if (role !== this.#without) yield this.#graph.names[role] ?? "";
  }

  *values(): MapIterator<T> {
    for (const [, way] of this) yield way;
  }

  [Symbol.iterator](): MapIterator<[string, T]> {
    return this.entries();
  }

  forEach(callback: (way: T, role: string, all: ReadonlyMap<string, T>) => void): void {
    for (const [role, way] of this) callback(way, role, this);
  }

  /**
   * Roles that have a way here and none there, or a less direct one; made of numbers alone, for half a million ways.
   *
   * @param other over a graph that numbers the same roles in the same way
   */
  closerThan(other: ReachedRoles<unknown>): readonly string[] {
    const closer: string[] = [];
    const theirs = other.#walk;
    let there = 0;
    for (const [place, role] of this.#walk.roles.entries()) {
      while (there < theirs.roles.length && (theirs.roles[there] ?? 0) < role) there += 1;
      const isThere = theirs.roles[there] === role && role !== other.#without;
      const rank = rankAt(this.#walk, this.#walk.best[place] ?? 0);
      if (role !== this.#without && (!isThere || rank < rankAt(theirs, theirs.best[there] ?? 0)))
        closer.push(this.#graph.names[role] ?? "");
    }
    return closer;
  }

  #find(name: string): number | undefined {
    const role = this.#graph.indexOf.get(name);
    if (role === undefined || role === this.#without) return undefined;
    const place = placeOf(this.#walk.roles, role);
    return place === undefined ? undefined : this.#walk.best[place];
  }
}

/** 0 for inherit, 1 for set, 2 for admin: a holder of an attribute has it at once, though others need SET for it. */
function rankAt({ states, before }: Walk, at: number): number {
  const state = states[at] ?? 0;
  if ((state & VIA_ADMIN) !== 0) return 2;
  return (before[at] ?? 0) < 0 ? 0 : state & SET_ONLY;
}

function placeOf(ascending: Int32Array, wanted: number): number | undefined {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  return ascending[low] === wanted ? low : undefined;
}

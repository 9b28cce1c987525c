import type { MembershipGraph } from "./membershipGraph.ts";
import { SET_ONLY, VIA_ADMIN, type Walk } from "./membershipWalk.ts";
import { noWay, rankOf } from "./way.ts";

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

  /** Per role of the graph the rank of its way, `noWay` without one: half a million ways are compared by numbers alone. */
  ranks(): Uint8Array {
    const { roles, best } = this.#walk;
    const ranks = new Uint8Array(this.#graph.names.length).fill(noWay);
    for (const [place, role] of roles.entries())
      if (role !== this.#without) ranks[role] = rankAt(this.#walk, best[place] ?? 0);
    return ranks;
  }

  /**
   * A number for the way of each role, made of the ways behind it: linear in what was reached, where the paths of a
   * chain would hold the square of it.
   *
   * @param begin the number of a way that ends where it begins
   * @param onward the number of the way that a member has over a role whose way has the number `behind`
   * @returns by the number of the role; -1 for a role without a way
   */
  numbered(
    begin: (way: T, role: number) => number,
    onward: (behind: number, granted: number, member: number) => number,
  ): Int32Array {
    const { states, before, roles, best } = this.#walk;
    const numbers = new Int32Array(states.length);
    // A state comes after the one that its way goes on from.
    for (const [at, state] of states.entries()) {
      const next = before[at] ?? -1;
      numbers[at] =
        next < 0
          ? begin(this.#wayFrom(at), state >> 2)
          : onward(numbers[next] ?? -1, (states[next] ?? 0) >> 2, state >> 2);
    }
    const found = new Int32Array(this.#graph.names.length).fill(-1);
    for (const [place, role] of roles.entries())
      if (role !== this.#without) found[role] = numbers[best[place] ?? 0] ?? -1;
    return found;
  }

  #find(name: string): number | undefined {
    const role = this.#graph.indexOf.get(name);
    if (role === undefined || role === this.#without) return undefined;
    const place = placeOf(this.#walk.roles, role);
    return place === undefined ? undefined : this.#walk.best[place];
  }
}

/** A holder of an attribute has it at once, though others need SET for it. */
function rankAt({ states, before }: Walk, at: number): number {
  const state = states[at] ?? 0;
  if ((state & VIA_ADMIN) !== 0) return rankOf("admin");
  return rankOf((before[at] ?? 0) < 0 || (state & SET_ONLY) === 0 ? "inherit" : "set");
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

import { type ReachTarget, startsOf } from "./membershipClosure.ts";
import type { MembershipGraph } from "./membershipGraph.ts";
import { walk } from "./membershipWalk.ts";

/** What lies on the best way of each role to a target, by name. Nothing is known of roles that do not reach it. */
export interface WayMarks {
  /** Marks of the edges on the way, each once. */
  marks(role: string): readonly string[];
  /** The target, or the holder of the attribute: where the way ends. */
  end(role: string): string | undefined;
  /** The role from which the way goes to its end; undefined for the end itself. */
  beforeEnd(role: string): string | undefined;
}

/** An edge among the marked ones. */
export function edgeNumber({ names }: MembershipGraph, granted: number, member: number): number {
  return granted * names.length + member;
}

/**
 * Finds marked edges on all ways to a target at once: linear in what is reached, where each way's own path would make
 * the square of a chain.
 *
 * @param marked marks by `edgeNumber`
 */
export function marksOnWays(
  graph: MembershipGraph,
  target: ReachTarget,
  marked: ReadonlyMap<number, string>,
): WayMarks {
  const { states, before, roles, best } = walk(graph, startsOf(graph, target));
  const marks: (readonly string[])[] = [];
  const ends = new Int32Array(states.length);
  const beforeEnds = new Int32Array(states.length).fill(-1);
  // A state comes after the one that its way goes on from.
  for (let at = 0; at < states.length; at += 1) {
    const next = before[at] ?? -1;
    const role = (states[at] ?? 0) >> 2;
    if (next < 0) {
      marks.push([]);
      ends[at] = role;
      continue;
    }
    const behind = marks[next] ?? [];
    const mark = marked.get(edgeNumber(graph, (states[next] ?? 0) >> 2, role));
    marks.push(mark === undefined || behind.includes(mark) ? behind : [...behind, mark]);
    ends[at] = ends[next] ?? role;
    const isLast = (before[next] ?? -1) < 0;
    beforeEnds[at] = isLast ? role : (beforeEnds[next] ?? -1);
  }

  const numbers = new Map<number, number>();
  for (const [place, role] of roles.entries()) numbers.set(role, best[place] ?? 0);
  function stateOf(role: string): number {
    return numbers.get(graph.indexOf.get(role) ?? -1) ?? -1;
  }
  return {
    marks: (role) => marks[stateOf(role)] ?? [],
    end: (role) => graph.names[ends[stateOf(role)] ?? -1],
    beforeEnd: (role) => graph.names[beforeEnds[stateOf(role)] ?? -1],
  };
}

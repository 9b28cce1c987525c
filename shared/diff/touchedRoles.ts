import type { AccessPair } from "./accessPair.ts";
import type { Change } from "./changes.ts";
import { namesOf } from "./itemKey.ts";

/**
 * Whether a way to a role can lead over any of the changes: what was changed itself, and all that lies behind it.
 * Everything else is reached as before, and need not be walked. Linear in the edges.
 */
export function touchedRoles({ before, after }: AccessPair, changes: readonly Change[]): (name: string) => boolean {
  const { names, indexOf, firstEdge, members } = after.graph;
  const touched = new Uint8Array(names.length);
  const queue: number[] = [];
  function touch(index: number): void {
    if (touched[index] !== 0) return;
    touched[index] = 1;
    queue.push(index);
  }
  for (const { part, key } of changes) {
    const index = part === "roles" || part === "memberships" ? indexOf.get(namesOf(key)[0] ?? "") : undefined;
    if (index !== undefined) touch(index);
  }

  const { first, granted } = turned(firstEdge, members, names.length);
  for (let at = 0; at < queue.length; at += 1) {
    const member = queue[at] ?? 0;
    for (let edge = first[member] ?? 0; edge < (first[member + 1] ?? 0); edge += 1) touch(granted[edge] ?? 0);
  }
  // Before 16, CREATEROLE leads everywhere.
  const grantors = [...before.graph.grantors, ...after.graph.grantors];
  const isEverywhere = grantors.some((index) => touched[index] === 1);
  return (name) => isEverywhere || touched[indexOf.get(name) ?? -1] === 1;
}

/** The edges of a graph by member: the roles that were granted to `m` are `first[m]` up to `first[m + 1]`. */
function turned(firstEdge: Int32Array, members: Int32Array, roles: number) {
  const first = new Int32Array(roles + 1);
  for (const member of members) first[member + 1] = (first[member + 1] ?? 0) + 1;
  for (let index = 1; index <= roles; index += 1) first[index] = (first[index] ?? 0) + (first[index - 1] ?? 0);
  const next = first.slice();
  const granted = new Int32Array(members.length);
  for (let role = 0; role < roles; role += 1) {
    for (let edge = firstEdge[role] ?? 0; edge < (firstEdge[role + 1] ?? 0); edge += 1) {
      const member = members[edge] ?? 0;
      granted[next[member] ?? 0] = role;
      next[member] = (next[member] ?? 0) + 1;
    }
  }
  return { first, granted };
}

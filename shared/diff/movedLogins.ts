import type { AccessPair } from "./accessPair.ts";
import type { Change } from "./changes.ts";
import { namesOf } from "./itemKey.ts";

/**
 * Logins whose ways can lead over any of the changes of roles and memberships: what was changed itself, and all who are
 * its members over however many steps. Everybody else has the ways that it had.
 */
export function movedLogins({ before, after }: AccessPair, changes: readonly Change[]): ReadonlySet<string> {
  const { names, indexOf, firstEdge, members } = after.graph;
  const moved = new Set<number>();
  for (const { part, key } of changes) {
    if (part !== "roles" && part !== "memberships") continue;
    const index = indexOf.get(namesOf(key).at(-1) ?? "");
    if (index !== undefined) moved.add(index);
  }
  for (const role of moved)
    for (let edge = firstEdge[role] ?? 0; edge < (firstEdge[role + 1] ?? 0); edge += 1) moved.add(members[edge] ?? 0);
  return new Set(
    [...moved].map((index) => names[index] ?? "").filter((name) => before.isLogin(name) || after.isLogin(name)),
  );
}

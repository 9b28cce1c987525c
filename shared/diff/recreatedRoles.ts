import type { Snapshot } from "../model/drift.ts";
import { subjectOf } from "../controls/control.ts";
import { byCodeUnit } from "./canonical.ts";
import type { Change } from "./changes.ts";

/**
 * The changes of roles, with those that were dropped and made again under the same name told apart by their OID. OIDs
 * say nothing between two servers, or two clusters behind one server's name.
 */
export function recreatedRoles(changes: readonly Change[], before: Snapshot, after: Snapshot): readonly Change[] {
  const [old, now] = [before.volatile, after.volatile];
  if (before.serverId !== after.serverId || old.systemIdentifier !== now.systemIdentifier) return changes;
  if (old.systemIdentifier === null) return changes;

  const recreated = Object.keys(now.roleOids).filter(
    (name) => Object.hasOwn(old.roleOids, name) && old.roleOids[name] !== now.roleOids[name] && !name.startsWith("pg_"),
  );
  if (recreated.length === 0) return changes;
  const known = new Map(changes.map((change) => [change.key, change]));
  for (const name of recreated) {
    const key = subjectOf("role", name);
    const [was, is] = [before.parts.roles.items[key] ?? null, after.parts.roles.items[key] ?? null];
    known.set(key, { part: "roles", database: null, key, change: "recreated", before: was, after: is });
  }
  return [...known.values()].sort((left, right) => byCodeUnit(left.key, right.key));
}

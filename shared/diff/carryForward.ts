import { subjectOf } from "../controls/control.ts";
import type { DatabaseParts, Snapshot, SnapshotEvidence } from "../model/drift.ts";
import { grantorsScope, scopeOf } from "./grantors.ts";
import { databasePartNames, snapshotPartNames } from "./snapshot.ts";

/**
 * What the next scan compares with: parts that could not be read now stand as they were last seen. Otherwise a change
 * made while a part was unreadable would fall between two scans.
 */
export function carryForward(previous: Snapshot, current: Snapshot): Snapshot {
  const parts = snapshotPartNames.map((name) => {
    const now = current.parts[name];
    return [name, now.state === "unavailable" ? previous.parts[name] : now];
  });
  const lost = Object.entries(previous.databases).filter(
    ([name]) => !Object.hasOwn(current.databases, name) && !isGone(name, current),
  );
  const seen = Object.entries(current.databases).map(([name, now]) => {
    const before = Object.hasOwn(previous.databases, name) ? previous.databases[name] : undefined;
    return [name, before === undefined ? now : carryDatabase(before, now)] as const;
  });
  const databases = new Map([...lost, ...seen]);
  return {
    ...current,
    // Object.fromEntries forgets the key type; the keys are exactly the part names.
    parts: Object.fromEntries(parts) as Snapshot["parts"],
    databases: Object.fromEntries(databases),
    volatile: carryEvidence(previous, current, databases),
  };
}

/** The server lists its databases, and this one is not among them. */
function isGone(name: string, { parts: { databases } }: Snapshot): boolean {
  return databases.state === "collected" && !Object.hasOwn(databases.items, subjectOf("database", name));
}

function carryDatabase(previous: DatabaseParts, current: DatabaseParts): DatabaseParts {
  const parts = databasePartNames.map((name) => {
    const now = current[name];
    return [name, now.state === "unavailable" ? previous[name] : now];
  });
  // As above.
  return Object.fromEntries(parts) as DatabaseParts;
}

/** Evidence goes with the part that it explains. */
function carryEvidence(
  previous: Snapshot,
  current: Snapshot,
  databases: ReadonlyMap<string, DatabaseParts>,
): SnapshotEvidence {
  const { roles, memberships } = current.parts;
  const [old, now] = [previous.volatile, current.volatile];
  return {
    majorVersion: now.majorVersion ?? old.majorVersion,
    systemIdentifier: now.systemIdentifier ?? old.systemIdentifier,
    roleOids: roles.state === "unavailable" ? old.roleOids : now.roleOids,
    membershipGrantors: memberships.state === "unavailable" ? old.membershipGrantors : now.membershipGrantors,
    aclGrantors: { ...carriedGrantors(previous, current, databases), ...now.aclGrantors },
    mentions: { ...carriedMentions(previous, current, databases), ...now.mentions },
  };
}

function carriedMentions(
  previous: Snapshot,
  current: Snapshot,
  databases: ReadonlyMap<string, DatabaseParts>,
): NonNullable<SnapshotEvidence["mentions"]> {
  const kept = Object.entries(previous.volatile.mentions ?? {}).filter(([name]) => {
    const carried = databases.get(name)?.definerFunctions;
    return carried !== undefined && carried !== current.databases[name]?.definerFunctions;
  });
  return Object.fromEntries(kept);
}

function carriedGrantors(
  previous: Snapshot,
  current: Snapshot,
  databases: ReadonlyMap<string, DatabaseParts>,
): SnapshotEvidence["aclGrantors"] {
  const carried = [...databases].filter(([name, { acls }]) => acls !== current.databases[name]?.acls);
  const scopes = new Set(carried.map(([name]) => grantorsScope(name)));
  if (current.parts.sharedAcls.state === "unavailable") scopes.add(grantorsScope(null));
  const kept = Object.entries(previous.volatile.aclGrantors).filter(([key]) => scopes.has(scopeOf(key)));
  return Object.fromEntries(kept);
}

import type {
  DatabasePartName,
  DatabaseParts,
  Drift,
  Snapshot,
  SnapshotPart,
  SnapshotPartName,
} from "../model/drift.ts";
import { aclDeltas } from "./aclChanges.ts";
import { type AclDelta, deltaKey } from "./aclDelta.ts";
import { byCodeUnit } from "./canonical.ts";
import { comparedParts } from "./comparedParts.ts";
import { grantorsIn, regranted } from "./grantors.ts";
import { inDatabase, nameOf, namesOf } from "./itemKey.ts";
import { membershipItem, type MembershipEffect } from "./items.ts";
import { recreatedRoles } from "./recreatedRoles.ts";
import { differencesOf } from "./sameValue.ts";
import { databasePartNames, snapshotPartNames } from "./snapshot.ts";
import { type Upgrade, upgradeBetween } from "./upgrade.ts";

/** One item that is not the same in two snapshots, or one difference of ACLs. */
export interface Change {
  readonly part: SnapshotPartName | DatabasePartName;
  /** Null for what is the server's. */
  readonly database: string | null;
  readonly key: string;
  readonly change: Drift["change"];
  /** Null when absent on that side. */
  readonly before: unknown;
  readonly after: unknown;
  /** What exactly differs, for ACLs. */
  readonly delta?: AclDelta;
}

/** Item by item. A part that either side could not read says nothing: what was not visible is not removed. */
export function changesBetween(before: Snapshot, after: Snapshot): readonly Change[] {
  const upgrade = upgradeBetween(before, after);
  const changes = [
    ...snapshotPartNames.flatMap((part) => serverChanges(part, before, after, upgrade)),
    ...Object.keys(after.databases)
      .sort(byCodeUnit)
      .flatMap((name) => databaseChanges(name, before.databases, after.databases, upgrade)),
  ];
  return upgrade.isUpgrade ? withoutUpgrade(changes) : changes;
}

function isRead(before: SnapshotPart, after: SnapshotPart): boolean {
  return before.state === "collected" && after.state === "collected";
}

function serverChanges(part: SnapshotPartName, before: Snapshot, after: Snapshot, upgrade: Upgrade): readonly Change[] {
  const [old, now] = [before.parts[part], after.parts[part]];
  if (!isRead(old, now)) return [];
  if (part === "sharedAcls") return sharedAclChanges(before, after, upgrade);
  const changes = changesOf(part, null, old, now);
  if (part === "memberships") {
    const regranted = upgrade.isUpgrade ? [] : regrants(before, after);
    return [...changes, ...regranted].map((change) => withGrantors(change, before, after));
  }
  return part === "roles" ? recreatedRoles(changes, before, after) : changes;
}

/** A database that came or went is told as itself, with what may be done in it. */
function sharedAclChanges(before: Snapshot, after: Snapshot, upgrade: Upgrade): readonly Change[] {
  const changes = aclChanges("sharedAcls", null, before.parts.sharedAcls, after.parts.sharedAcls, upgrade);
  if (!isRead(before.parts.databases, after.parts.databases)) return changes;
  return changes.filter(({ delta }) => !(delta?.kind === "database" && isOneSided(delta)));
}

function isOneSided({ type }: AclDelta): boolean {
  return type === "appeared" || type === "vanished";
}

/** A database that only one side has is told by the list of databases. */
function databaseChanges(
  name: string,
  before: Snapshot["databases"],
  after: Snapshot["databases"],
  upgrade: Upgrade,
): readonly Change[] {
  const [old, now] = [Object.hasOwn(before, name) ? before[name] : undefined, after[name]];
  if (old === undefined || now === undefined) return [];
  return databasePartNames.flatMap((part) => databasePartChanges(name, part, old, now, upgrade));
}

function databasePartChanges(
  database: string,
  part: DatabasePartName,
  before: DatabaseParts,
  after: DatabaseParts,
  upgrade: Upgrade,
): readonly Change[] {
  if (!isRead(before[part], after[part])) return [];
  if (part === "acls") return aclChanges(part, database, before.acls, after.acls, upgrade);
  const [old, now] = comparedParts(part, before, after, upgrade);
  return changesOf(part, database, old, now);
}

function aclChanges(
  part: "acls" | "sharedAcls",
  database: string | null,
  before: SnapshotPart,
  after: SnapshotPart,
  upgrade: Upgrade,
): readonly Change[] {
  return aclDeltas(before, after, upgrade)
    .map((delta): Change => ({ part, database, key: deltaKey(database, delta), ...sidesOf(delta), delta }))
    .sort((left, right) => byCodeUnit(left.key, right.key));
}

const shownObjects = 20;

function sidesOf(delta: AclDelta): Pick<Change, "change" | "before" | "after"> {
  const { objects } = delta;
  const on = { objects: objects.slice(0, shownObjects), objectCount: objects.length };
  switch (delta.type) {
    case "grant": {
      const [before, after] = [delta.before, delta.after].map((privileges) =>
        privileges === null ? null : { privileges, ...on },
      );
      return { change: before === null ? "added" : after === null ? "removed" : "changed", before, after };
    }
    case "owner":
      return { change: "changed", before: { owner: delta.before, ...on }, after: { owner: delta.after, ...on } };
    case "appeared":
    case "vanished": {
      const { owner, ownerFull, grants } = delta.acl;
      const named = [...grants].map(([grantee, privileges]) => ({ grantee, privileges }));
      const side = { owner, ownerFull, grants: named, ...on };
      return delta.type === "appeared"
        ? { change: "added", before: null, after: side }
        : { change: "removed", before: side, after: null };
    }
  }
}

function changesOf(
  part: Change["part"],
  database: string | null,
  before: SnapshotPart,
  after: SnapshotPart,
): readonly Change[] {
  return differencesOf(before.items, after.items)
    .map(({ key, before: old, after: now }): Change => ({
      part,
      database,
      key: database === null ? key : inDatabase(database, key),
      change: old === undefined ? "added" : now === undefined ? "removed" : "changed",
      before: old ?? null,
      after: now ?? null,
    }))
    .sort((left, right) => byCodeUnit(left.key, right.key));
}

/** The same effect from other grantors; who takes a grant away takes away another one now. */
function regrants(before: Snapshot, after: Snapshot): readonly Change[] {
  const [old, now] = [before.parts.memberships.items, after.parts.memberships.items];
  return regranted(before.volatile.membershipGrantors, after.volatile.membershipGrantors, Object.keys(now)).flatMap(
    (key): readonly Change[] => {
      if (old[key] === undefined || old[key] !== now[key]) return [];
      return [{ part: "memberships", database: null, key, change: "changed", before: old[key], after: now[key] }];
    },
  );
}

function withGrantors(change: Change, before: Snapshot, after: Snapshot): Change {
  return {
    ...change,
    before: change.before === null ? null : effectOf(change.key, change.before, before),
    after: change.after === null ? null : effectOf(change.key, change.after, after),
  };
}

/** Several grantors may each give options: what counts is their union, the grantors are evidence (roles.md §7). */
function effectOf(key: string, letters: unknown, { volatile }: Snapshot): MembershipEffect {
  return { ...membershipItem(letters), grantors: grantorsIn(volatile.membershipGrantors, key) };
}

/**
 * A new major version brings and drops roles of its own, and hands over the schema `public`. With the server's own
 * version at hand they are its effects; without it they are nobody's doing.
 */
function withoutUpgrade(changes: readonly Change[]): readonly Change[] {
  const isTold = changes.some(({ key }) => key === "server/version");
  return changes.filter((change) => !isPlatformAcl(change) && (isTold || !isPlatformRole(change)));
}

function isPlatformRole({ part, key }: Change): boolean {
  if (part === "roles" || part === "passwordTypes") return nameOf(key).startsWith("pg_");
  return part === "memberships" && namesOf(key).every((name) => name.startsWith("pg_"));
}

function isPlatformAcl({ delta }: Change): boolean {
  if (delta === undefined) return false;
  if (isOneSided(delta) && delta.schema === "information_schema") return true;
  const isPublic = delta.kind === "schema" && delta.objects.every((name) => name === "public");
  return delta.type === "owner" && isPublic && [delta.before, delta.after].includes("pg_database_owner");
}

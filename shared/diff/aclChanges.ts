import type { SnapshotPart } from "../model/drift.ts";
import { type AclDelta, aclText, everything, type GrantDelta, type ObjectDelta, type OwnerDelta } from "./aclDelta.ts";
import { type Acl, aclFrom, privilegesOf } from "./aclKey.ts";
import { byCodeUnit } from "./canonical.ts";
import { differencesOf } from "./sameValue.ts";
import { type Upgrade, withoutMaintain } from "./upgrade.ts";

/** A group as one side has it; objects with the same `text` have the same ACL. */
interface Side {
  readonly text: string;
  readonly key: string;
  readonly acl: Acl;
}

/**
 * Differences between two parts of ACLs, by cause: one grant to one grantee over 500 tables is one, whatever else
 * stands in their ACLs. Linear in the objects of the groups that differ; groups that are the same are not opened.
 */
export function aclDeltas(before: SnapshotPart, after: SnapshotPart, upgrade: Upgrade): readonly AclDelta[] {
  const differences = differencesOf(before.items, after.items);
  if (differences.length === 0) return [];
  const old = objectsIn(
    differences.map(({ key, before: names }) => [key, names] as const),
    upgrade,
  );
  const now = objectsIn(
    differences.map(({ key, after: names }) => [key, names] as const),
    upgrade,
  );
  const deltas = new Deltas(before);
  for (const [object, current] of now) {
    const previous = old.get(object);
    if (previous === undefined) deltas.addObject("appeared", nameIn(object), current);
    else if (previous.text !== current.text) deltas.addChange(nameIn(object), previous, current);
  }
  for (const [object, previous] of old) if (!now.has(object)) deltas.addObject("vanished", nameIn(object), previous);
  return deltas.all();
}

/** The group of each object. */
function objectsIn(
  groups: readonly (readonly [key: string, names: unknown])[],
  { bringsMaintain }: Upgrade,
): ReadonlyMap<string, Side> {
  const objects = new Map<string, Side>();
  for (const [key, names] of groups) {
    const found = Array.isArray(names) ? aclFrom(key) : undefined;
    if (found === undefined || !Array.isArray(names)) continue;
    const acl = bringsMaintain ? withoutMaintain(found) : found;
    const side = { key, acl, text: bringsMaintain ? aclText(acl) : key };
    for (const name of names) objects.set(`${found.kind}\0${found.schema ?? ""}\0${String(name)}`, side);
  }
  return objects;
}

function nameIn(object: string): string {
  return object.slice(object.indexOf("\0", object.indexOf("\0") + 1) + 1);
}

/** What everything that differs alike has in common, and the names that fall under it. */
interface Group<T> {
  readonly delta: T;
  readonly objects: string[];
}

interface GrantGroup extends Group<Omit<GrantDelta, "objects" | "aclsBefore" | "aclsAfter" | "groups">> {
  readonly before: Map<string, Acl>;
  readonly after: Map<string, Acl>;
  readonly groups: Set<string>;
}

/** Their ACLs exist only once something was granted: to appear there is a grant, to vanish the loss of the last one. */
const listedWhenGranted: ReadonlySet<string> = new Set(["column", "parameter"]);

class Deltas {
  readonly #grants = new Map<string, GrantGroup>();
  readonly #owners = new Map<string, Group<Omit<OwnerDelta, "objects">>>();
  readonly #objects = new Map<string, Group<Omit<ObjectDelta, "objects" | "isUsual">>>();
  readonly #before: SnapshotPart;
  /** The grants in which two ACLs differ, by the texts of both: few pairs cover many objects. */
  readonly #differences = new Map<string, readonly GrantDifference[]>();

  constructor(before: SnapshotPart) {
    this.#before = before;
  }

  addChange(object: string, old: Side, now: Side): void {
    const { kind, schema, owner } = now.acl;
    if (old.acl.owner !== owner) {
      const id = [kind, schemaId(schema), old.acl.owner, owner].join("\0");
      const delta = { type: "owner", kind, schema, before: old.acl.owner, after: owner } as const;
      groupAt(this.#owners, id, () => ({ delta, objects: [] })).objects.push(object);
    }
    const pair = `${old.text}\0${now.text}`;
    const differences = this.#differences.get(pair) ?? grantDifferences(old.acl, now.acl);
    this.#differences.set(pair, differences);
    for (const { grantee, before, after } of differences) {
      const id = [kind, schemaId(schema), grantee === null ? "" : `=${grantee}`, before, after].join("\0");
      const group = groupAt(this.#grants, id, (): GrantGroup => ({
        delta: { type: "grant", kind, schema, grantee, before, after },
        objects: [],
        before: new Map(),
        after: new Map(),
        groups: new Set(),
      }));
      group.objects.push(object);
      group.before.set(old.text, old.acl);
      group.after.set(now.text, now.acl);
      group.groups.add(now.key);
    }
  }

  addObject(type: ObjectDelta["type"], object: string, side: Side): void {
    const { text, acl } = side;
    const { kind, schema } = acl;
    if (listedWhenGranted.has(kind)) {
      const empty = { key: "", text: "", acl: { ...acl, grants: new Map() } };
      this.addChange(object, type === "appeared" ? empty : side, type === "appeared" ? side : empty);
      return;
    }
    const group = groupAt(this.#objects, `${type}\0${text}`, () => ({
      delta: { type, kind, schema, acl },
      objects: [],
    }));
    group.objects.push(object);
  }

  all(): readonly AclDelta[] {
    const usual = this.#objects.size === 0 ? undefined : usualGrants(this.#before);
    return [
      ...[...this.#grants.values()].map(({ delta, objects, before, after, groups }): GrantDelta => ({
        ...delta,
        objects: objects.sort(byCodeUnit),
        aclsBefore: [...before.values()],
        aclsAfter: [...after.values()],
        groups: [...groups],
      })),
      ...[...this.#owners.values()].map(({ delta, objects }): OwnerDelta => ({
        ...delta,
        objects: objects.sort(byCodeUnit),
      })),
      ...[...this.#objects.values()].map(({ delta, objects }): ObjectDelta => ({
        ...delta,
        objects: objects.sort(byCodeUnit),
        isUsual: usual !== undefined && isUsual(delta.acl, usual),
      })),
    ];
  }
}

function groupAt<T>(groups: Map<string, T>, id: string, make: () => T): T {
  const known = groups.get(id);
  if (known !== undefined) return known;
  const made = make();
  groups.set(id, made);
  return made;
}

function schemaId(schema: string | null): string {
  return schema === null ? "" : `=${schema}`;
}

interface GrantDifference {
  readonly grantee: string | null;
  readonly before: string | null;
  readonly after: string | null;
}

function grantDifferences(old: Acl, now: Acl): readonly GrantDifference[] {
  const [before, after] = [withOwner(old), withOwner(now)];
  // What an owner holds moves with the ownership, and is told as that.
  const owners = old.owner === now.owner ? [] : [old.owner, now.owner];
  const grantees = new Set([...before.keys(), ...after.keys()]);
  for (const owner of owners) grantees.delete(owner);
  return [...grantees].flatMap((grantee) => {
    const [held, holds] = [before.get(grantee) ?? null, after.get(grantee) ?? null];
    return held === holds ? [] : [{ grantee, before: held, after: holds }];
  });
}

function withOwner({ owner, ownerFull, grants }: Acl): ReadonlyMap<string | null, string> {
  return ownerFull ? new Map([...grants, [owner, everything] as const]) : grants;
}

/** By kind, schema and grantee: what it held somewhere, as `r` and `r*`. */
function usualGrants(before: SnapshotPart): ReadonlyMap<string, ReadonlySet<string>> {
  const held = new Map<string, Set<string>>();
  for (const key of Object.keys(before.items)) {
    const acl = aclFrom(key);
    for (const [grantee, letters] of acl?.grants ?? [])
      for (const privilege of texts(letters))
        groupAt(held, usualId(acl, grantee), () => new Set<string>()).add(privilege);
  }
  return held;
}

function texts(letters: string): readonly string[] {
  return privilegesOf(letters).map(({ letter, grantable }) => `${letter}${grantable ? "*" : ""}`);
}

function usualId(acl: Acl | undefined, grantee: string | null): string {
  return [acl?.kind, schemaId(acl?.schema ?? null), grantee === null ? "" : `=${grantee}`].join("\0");
}

function isUsual(acl: Acl, usual: ReadonlyMap<string, ReadonlySet<string>>): boolean {
  return [...acl.grants].every(([grantee, letters]) => {
    const held = usual.get(usualId(acl, grantee));
    return texts(letters).every((privilege) => held?.has(privilege) === true);
  });
}

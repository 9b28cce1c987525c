import type { DatabaseAccess } from "../access/accessInput.ts";
import { classOf, splitIdentifier } from "../access/aclIndex.ts";
import type { BypassPath } from "../access/bypassPath.ts";
import type { Need } from "../access/need.ts";
import { type Via, wayOf } from "../access/way.ts";
import { subjectOf } from "../controls/control.ts";
import type { ProtectedTable } from "../model/databaseEvidence.ts";
import type { AclDelta } from "./aclDelta.ts";
import type { ChangedWay, ChangedWays } from "./changedWays.ts";
import type { Change } from "./changes.ts";
import type { DatabaseSides } from "./databaseSide.ts";

type PrivilegeObject = NonNullable<Need["on"]>;

/** What lies behind a way past row security, whoever has it. */
export interface PathCauses {
  /** The same text for the same causes. */
  readonly id: string;
  /** Per need the changes of privileges on its object. */
  readonly acls: readonly (readonly Change[])[];
  /** Causes for everybody who has the way. */
  readonly always: ReadonlySet<string>;
  /** The cause of a change of an owner, for when nothing else is new. */
  readonly owner: string | undefined;
}

/** Which changes lie behind a way past row security that is there on one side only. */
export class BypassCauses {
  readonly #database: string;
  readonly #causeOf: ReadonlyMap<string, string>;
  readonly #acls = new Map<string, Change[]>();

  /**
   * @param sides the database as it was and as it is
   * @param causeOf the cause of every change, by key
   */
  constructor(sides: DatabaseSides, changes: readonly Change[], causeOf: ReadonlyMap<string, string>) {
    this.#database = sides.after.name;
    this.#causeOf = causeOf;
    const relevant = relevantNames([sides.before, sides.after]);
    for (const change of changes) this.#addAcl(change, relevant);
  }

  /** Whether privileges on an object, or on its columns, or its owner, are not what they were. */
  hasMoved(object: PrivilegeObject): boolean {
    return this.#acls.has(idOf(object));
  }

  /** Whether another role is in `pg_database_owner`. */
  hasNewOwner(): boolean {
    return this.#causeOf.has(subjectOf("database", this.#database));
  }

  /**
   * What can be found out before anybody asks for a login.
   *
   * @param path the way on the side that has it, and `other` the same on the other side
   * @param ways what changed along the ways of the side that has it, and `lifting` its ways that lift row security
   */
  ofPath(
    table: ProtectedTable,
    path: BypassPath,
    other: BypassPath | undefined,
    { ways, lifting }: { readonly ways: ChangedWays; readonly lifting: readonly BypassPath[] },
  ): PathCauses {
    const acls = path.needs.map(({ on }) => this.#acls.get(idOf(on ?? onTable(table))) ?? []);
    const always = new Set<string>();
    if (other === undefined) {
      for (const key of this.#itemsOf(table, path)) this.#add(always, key);
      for (const opener of path.openers)
        for (const {
          needs: [right],
        } of lifting) {
          const way = right && wayOf(right.who, opener);
          if (way?.how === "inherit") this.#addWay(always, ways.along(way), this.#acls.get(idOf(onTable(table))) ?? []);
        }
    }
    // What azure_pg_admin may do depends on the owner.
    const ends = path.needs.flatMap(({ from }) => from);
    const owners = [table.owner, ...path.openers, ...ends].map((name) => this.#causeOf.get(subjectOf("role", name)));
    const owner = owners.find((cause) => cause !== undefined);
    const id = JSON.stringify([acls.map((changes) => changes.map(({ key }) => key)), [...always], owner ?? null]);
    return { id, acls, always, owner };
  }

  /**
   * @param ways per need what changed along the way to it, undefined for one that was met before
   * @param own the cause of a change of the login itself
   * @returns causes of every need that is met on this side only, of what opens the way, and of the login itself when
   * nothing else is new
   */
  of(
    { acls, always, owner }: PathCauses,
    ways: readonly (ChangedWay | undefined)[],
    own: string | undefined,
  ): ReadonlySet<string> {
    const causes = new Set(always);
    for (const [at, way] of ways.entries()) this.#addWay(causes, way, acls[at] ?? []);
    // Who has everything else may have become a login.
    const last = owner ?? own;
    if (causes.size === 0 && last !== undefined) causes.add(last);
    return causes;
  }

  #addAcl(change: Change, relevant: RelevantNames): void {
    const { delta, database } = change;
    if (delta === undefined || (database !== null && database !== this.#database)) return;
    const { kind, schema } = delta;
    const isColumn = kind === "column";
    const names = relevant.get(placeOf({ kind: isColumn ? "table" : kind, schema }));
    if (names === undefined) return;
    for (const object of delta.objects) {
      const name = isColumn ? splitIdentifier(object)[0] : object;
      if (!names.has(name)) continue;
      const id = idOf({ kind: isColumn ? "table" : kind, schema, name });
      const known = this.#acls.get(id);
      if (known === undefined) this.#acls.set(id, [change]);
      else known.push(change);
    }
  }

  #add(causes: Set<string>, key: string): void {
    const cause = this.#causeOf.get(key);
    if (cause !== undefined) causes.add(cause);
  }

  /** The changed memberships on the way and the changed privilege at its end; without them the changed roles. */
  #addWay(causes: Set<string>, way: ChangedWay | undefined, acls: readonly Change[]): void {
    if (way === undefined) return;
    const found = new Set(way.memberships);
    for (const { key, delta } of acls) if (delta !== undefined && gives(delta, way.via)) this.#add(found, key);
    if (found.size === 0 && way.role !== undefined) found.add(way.role);
    for (const cause of found) causes.add(cause);
  }

  /** The objects in between, which may have come, gone or changed. */
  #itemsOf(table: ProtectedTable, { kind, through, needs }: BypassPath): readonly string[] {
    const protects = subjectOf("protectedTable", this.#database, table.schema, table.table);
    const [schema, name] = [needs[0]?.on?.schema ?? "", needs[0]?.on?.name ?? ""];
    switch (kind) {
      case "partition":
        return [subjectOf("partition", this.#database, schema, name), protects];
      case "view":
      case "materializedView":
        return [subjectOf("protectedView", this.#database, schema, name, table.schema, table.table), protects];
      case "definerFunction":
        return [subjectOf("definerFunction", this.#database, schema, name), protects];
      case "publication":
        return [subjectOf("publication", this.#database, through ?? ""), protects];
      case "superuser":
      case "bypassRls":
      case "owner":
      case "azure_pg_admin":
      case "truncate":
      case "references":
        return [protects];
    }
  }
}

function gives(delta: AclDelta, via: Via): boolean {
  if (delta.type !== "grant") return delta.type !== "owner" || via.kind !== "grant";
  return via.kind === "grant" ? delta.grantee === via.grantee : via.kind === "owner" && delta.grantee === via.owner;
}

function onTable({ schema, table }: ProtectedTable): PrivilegeObject {
  return { kind: "table", schema, name: table };
}

function idOf(object: PrivilegeObject): string {
  return `${placeOf(object)}\0${object.name}`;
}

function placeOf({ kind, schema }: Pick<PrivilegeObject, "kind" | "schema">): string {
  return `${classOf(kind)}\0${schema ?? "\0"}`;
}

/** Names of objects by class and schema. */
type RelevantNames = ReadonlyMap<string, ReadonlySet<string>>;

function relevantNames(sides: readonly DatabaseAccess[]): RelevantNames {
  const names = new Map<string, Set<string>>();
  const groups = sides.flatMap(({ acls, sharedAcls }) => [...acls, ...(sharedAcls ?? [])]);
  for (const { kind, schema, objects } of groups) {
    const isColumn = kind === "column";
    const place = placeOf({ kind: isColumn ? "table" : kind, schema });
    const known = names.get(place) ?? new Set<string>();
    for (const object of objects) known.add(isColumn ? splitIdentifier(object)[0] : object);
    names.set(place, known);
  }
  return names;
}

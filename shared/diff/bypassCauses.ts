import type { DatabaseAccess } from "../access/accessInput.ts";
import { classOf, splitIdentifier } from "../access/aclIndex.ts";
import type { BypassPath } from "../access/bypassPath.ts";
import type { Need } from "../access/need.ts";
import { compareHow, type Way, wayOf } from "../access/way.ts";
import { subjectOf } from "../controls/control.ts";
import type { ProtectedTable } from "../model/databaseEvidence.ts";
import type { Access } from "./accessPair.ts";
import type { AclDelta } from "./aclDelta.ts";
import type { Change } from "./changes.ts";
import type { DatabaseSides } from "./databaseSide.ts";

type PrivilegeObject = NonNullable<Need["on"]>;

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
   * @param path the way on the side that has it, and `other` the same on the other side
   * @returns keys of causes: of every need that the login meets on this side only, of what opens the way to it, and of
   * the login itself when nothing else is new
   */
  of(
    login: string,
    table: ProtectedTable,
    path: BypassPath,
    other: BypassPath | undefined,
    sides: { readonly there: Access; readonly lifting: readonly BypassPath[] },
  ): ReadonlySet<string> {
    const causes = new Set<string>();
    for (const [at, need] of path.needs.entries()) {
      const way = wayOf(need.who, login);
      const known = sides.there.isLogin(login) ? wayTo(other?.needs[at], login) : undefined;
      if (way === undefined || (known !== undefined && compareHow(way.how, known.how) >= 0)) continue;
      this.#addWay(causes, way, need.on ?? onTable(table));
    }
    if (other === undefined) {
      for (const key of this.#itemsOf(table, path)) this.#add(causes, key);
      for (const opener of path.openers)
        for (const { who } of sides.lifting) {
          const way = wayOf(who, opener);
          if (way?.how === "inherit") this.#addWay(causes, way, onTable(table));
        }
    }
    // What azure_pg_admin may do depends on the owner; and who has everything else may have become a login.
    for (const name of [table.owner, ...path.openers, login])
      if (causes.size === 0) this.#add(causes, subjectOf("role", name));
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
  #addWay(causes: Set<string>, { path, via }: Way, on: PrivilegeObject): void {
    const found = new Set<string>();
    for (const [at, member] of path.entries()) {
      const role = path[at + 1];
      if (role === undefined) continue;
      this.#add(found, subjectOf("membership", role, member));
      if (role === "pg_database_owner") this.#add(found, subjectOf("database", this.#database));
    }
    for (const { key, delta } of this.#acls.get(idOf(on)) ?? [])
      if (delta !== undefined && gives(delta, via)) this.#add(found, key);
    const nearest = path.findLast((name) => this.#causeOf.has(subjectOf("role", name)));
    if (found.size === 0 && nearest !== undefined) this.#add(found, subjectOf("role", nearest));
    for (const key of found) causes.add(key);
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

function gives(delta: AclDelta, via: Way["via"]): boolean {
  if (delta.type !== "grant") return delta.type !== "owner" || via.kind !== "grant";
  return via.kind === "grant" ? delta.grantee === via.grantee : via.kind === "owner" && delta.grantee === via.owner;
}

function wayTo(need: Need | undefined, login: string): Way | undefined {
  return need === undefined ? undefined : wayOf(need.who, login);
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

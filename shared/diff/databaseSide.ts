import type { DatabaseAccess } from "../access/accessInput.ts";
import { classOf, type ObjectClass, splitIdentifier } from "../access/aclIndex.ts";
import type {
  AclGroup,
  DefinerFunction,
  Partition,
  ProtectedTable,
  ProtectedView,
  Publication,
} from "../model/databaseEvidence.ts";
import type { DatabasePartName, Snapshot, SnapshotPart } from "../model/drift.ts";
import { aclFrom } from "./aclKey.ts";
import {
  databaseItem,
  definerFunctionItem,
  ownReaders,
  partitionItem,
  protectedTableItem,
  protectedViewItem,
  publicationItem,
} from "./databaseItem.ts";
import { namesOf } from "./itemKey.ts";
import { subjectOf } from "../controls/control.ts";

export interface DatabaseSides {
  readonly before: DatabaseAccess;
  readonly after: DatabaseAccess;
}

/**
 * A database of two snapshots, as far as ways past row security go: of 50,000 tables only those that are protected, and
 * what reads them. A part that either side could not read is missing on both, so that nothing seems to come or go.
 *
 * @returns undefined when privileges or protected tables could not be read
 */
export function databaseSides(name: string, before: Snapshot, after: Snapshot): DatabaseSides | undefined {
  const sides = [before, after];
  const parts = sides.flatMap(({ databases }) => (Object.hasOwn(databases, name) ? [databases[name]] : []));
  function isRead(part: DatabasePartName): boolean {
    return parts.every((one) => one?.[part].state === "collected");
  }
  if (parts.length < 2 || !isRead("acls") || !isRead("protectedTables")) return undefined;
  const hasOwners = sides.every((side) => side.parts.databases.state === "collected");
  const hasShared = sides.every((side) => side.parts.sharedAcls.state === "collected");

  function sideOf(side: Snapshot, other: Snapshot): DatabaseAccess {
    const own = side.databases[name];
    function read<T>(part: DatabasePartName, from: (names: readonly string[], value: unknown) => T | undefined) {
      return isRead(part) ? itemsOf(own?.[part], from) : null;
    }
    const named = namedIn(name, side, other);
    const facts = hasOwners ? databaseItem(side.parts.databases.items[subjectOf("database", name)]) : undefined;
    const found = {
      protectedTables: read("protectedTables", protectedTable)?.filter(({ enabled }) => enabled) ?? null,
      partitions: read("partitions", partition),
      definerFunctions: read("definerFunctions", (names, value) => definerFunction(names, value, named)),
      protectedViews: read("protectedViews", protectedView),
      publications: read("publications", publication),
    };
    return {
      ...found,
      name,
      owner: facts?.owner ?? null,
      acls: aclsOf(own?.acls, wantedBy(found)),
      sharedAcls: hasShared ? aclsOf(side.parts.sharedAcls, wanted([["database", null, name]])) : null,
    };
  }
  return { before: sideOf(before, after), after: sideOf(after, before) };
}

function itemsOf<T>(
  part: SnapshotPart | undefined,
  from: (names: readonly string[], value: unknown) => T | undefined,
): readonly T[] {
  return Object.entries(part?.items ?? {}).flatMap(([key, value]) => from(namesOf(key), value) ?? []);
}

function protectedTable([schema = "", table = ""]: readonly string[], value: unknown): ProtectedTable | undefined {
  const item = protectedTableItem(value);
  return item && { ...item, schema, table, policyCount: item.policyCount ?? 0 };
}

function partition([schema = "", table = ""]: readonly string[], value: unknown): Partition | undefined {
  const item = partitionItem(value);
  return item && { ...item, schema, table };
}

function protectedView(
  [schema = "", view = "", tableSchema = "", table = ""]: readonly string[],
  value: unknown,
): ProtectedView | undefined {
  const item = protectedViewItem(value);
  return item && { ...item, schema, view, tableSchema, table, depth: 1, readsAs: item.readsAs ?? ownReaders(item) };
}

function publication([name = ""]: readonly string[], value: unknown): Publication | undefined {
  const item = publicationItem(value);
  return item && { ...item, name };
}

function definerFunction(
  [schema = "", signature = ""]: readonly string[],
  value: unknown,
  named: Readonly<Record<string, readonly string[]>>,
): DefinerFunction | undefined {
  const key = subjectOf("definerFunction", schema, signature);
  if (!Object.hasOwn(named, key)) return undefined;
  const item = definerFunctionItem(value);
  return item && { ...item, schema, signature, mentions: named[key] ?? [] };
}

/** A snapshot of an earlier release does not say which tables its functions name: then they name what they name now. */
function namedIn(
  database: string,
  { volatile }: Snapshot,
  other: Snapshot,
): Readonly<Record<string, readonly string[]>> {
  const mentions = volatile.mentions ?? other.volatile.mentions ?? {};
  return (Object.hasOwn(mentions, database) ? mentions[database] : undefined) ?? {};
}

/** Names of objects by class and schema. */
type Wanted = ReadonlyMap<string, ReadonlySet<string>>;

function wanted(objects: readonly (readonly [kind: ObjectClass, schema: string | null, name: string])[]): Wanted {
  const names = new Map<string, Set<string>>();
  for (const [kind, schema, name] of objects) {
    const place = placeOf(kind, schema);
    const known = names.get(place) ?? new Set<string>();
    names.set(place, known.add(name));
  }
  return names;
}

function placeOf(kind: ObjectClass, schema: string | null): string {
  return `${kind}\0${schema ?? "\0"}`;
}

function wantedBy({
  protectedTables,
  partitions,
  definerFunctions,
  protectedViews,
}: Pick<DatabaseAccess, "protectedTables" | "partitions" | "definerFunctions" | "protectedViews">): Wanted {
  const relations = [
    ...[...(protectedTables ?? []), ...(partitions ?? [])].map(({ schema, table }) => [schema, table] as const),
    ...(protectedViews ?? []).map(({ schema, view }) => [schema, view] as const),
  ];
  const routines = (definerFunctions ?? []).map(({ schema, signature }) => [schema, signature] as const);
  const schemas = new Set([...relations, ...routines].map(([schema]) => schema));
  return wanted([
    ...relations.map(([schema, name]) => ["relation", schema, name] as const),
    ...routines.map(([schema, name]) => ["routine", schema, name] as const),
    ...[...schemas].map((schema) => ["schema", null, schema] as const),
  ]);
}

/** Of 50,000 groups most are told by their kind and schema alone: only the others are read. */
function aclsOf(part: SnapshotPart | undefined, wantedNames: Wanted): readonly AclGroup[] {
  const places = new Map<string, ReadonlySet<string> | undefined>();
  return Object.entries(part?.items ?? {}).flatMap(([key, objects]) => {
    const place = key.slice(0, key.indexOf("/", key.indexOf("/", "acl/".length) + 1));
    if (!places.has(place)) places.set(place, namesAt(key, wantedNames));
    const names = places.get(place);
    if (names === undefined || !Array.isArray(objects)) return [];
    const isColumn = place.startsWith("acl/column/");
    const found = objects.map(String).filter((object) => names.has(isColumn ? splitIdentifier(object)[0] : object));
    const acl = found.length === 0 ? undefined : aclFrom(key);
    if (acl === undefined) return [];
    const grants = [...acl.grants].map(([grantee, privileges]) => ({ grantee, privileges, grantors: [] }));
    return [{ ...acl, grants, objects: found }];
  });
}

function namesAt(key: string, wantedNames: Wanted): ReadonlySet<string> | undefined {
  const acl = aclFrom(key);
  if (acl === undefined) return undefined;
  return wantedNames.get(placeOf(acl.kind === "column" ? "relation" : classOf(acl.kind), acl.schema));
}

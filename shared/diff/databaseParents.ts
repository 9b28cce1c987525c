import { subjectOf } from "../controls/control.ts";
import type { Change } from "./changes.ts";
import { kindOf, namesOf } from "./itemKey.ts";
import { sameValue } from "./sameValue.ts";

/** The ACL changes that an object is in: `grant`, `owner` and `object` causes, by kind, schema and name. */
export type AclIndex = ReadonlyMap<string, readonly Change[]>;

export function aclIndex(changes: readonly Change[]): AclIndex {
  const index = new Map<string, Change[]>();
  for (const change of changes) {
    if (change.delta === undefined) continue;
    const { kind, schema, objects } = change.delta;
    for (const object of objects) {
      const id = objectId(change.database, kind, schema, object);
      const known = index.get(id);
      if (known === undefined) index.set(id, [change]);
      else known.push(change);
    }
  }
  return index;
}

function objectId(database: string | null, kind: string, schema: string | null, object: string): string {
  return [database ?? "", kind, schema ?? "", object].join("\0");
}

/** Keys of changes that a change inside a database may follow from, the likeliest first. */
export function databaseParents(change: Change, index: AclIndex): readonly string[] {
  const [database = "", ...names] = namesOf(change.key);
  const [schema = "", object = ""] = names;
  switch (kindOf(change.key)) {
    case "protectedTable":
      return withObject(change, ["table"], schema, object, index);
    case "rowPolicy":
      return [subjectOf("protectedTable", database, schema, object)].filter(() => change.change !== "changed");
    case "partition":
      return withObject(change, ["table"], schema, object, index);
    case "protectedView": {
      const [, , tableSchema = "", table = ""] = names;
      return [
        ...withObject(change, ["view", "matview"], schema, object, index),
        subjectOf("protectedTable", database, tableSchema, table),
      ];
    }
    case "definerFunction":
    case "notableFunction":
      return withObject(change, ["function", "procedure"], schema, object, index);
    case "userMapping":
      return change.change === "changed" ? [] : [subjectOf("foreignServer", database, schema)];
    case "language":
      return change.change === "changed" ? [] : [subjectOf("extension", database, schema)];
    case "grant":
    case "owner":
    case "object":
      return aclParents(change, index);
    default:
      return [];
  }
}

/** What came, went or changed hands with its object, whose privileges tell so; EXECUTE of PUBLIC is a grant. */
function withObject(
  { change, database, before, after }: Change,
  kinds: readonly string[],
  schema: string,
  object: string,
  index: AclIndex,
): readonly string[] {
  const found = kinds.flatMap((kind) => index.get(objectId(database, kind, schema, object)) ?? []);
  return found
    .filter(({ delta, change: moved }) => {
      if (delta?.type === "appeared" || delta?.type === "vanished") return moved === change;
      if (delta?.type === "owner") return differsOnlyIn("owner", before, after);
      return delta?.type === "grant" && delta.grantee === null && differsOnlyIn("publicExecute", before, after);
    })
    .map(({ key }) => key);
}

function differsOnlyIn(member: string, before: unknown, after: unknown): boolean {
  if (typeof before !== "object" || typeof after !== "object" || before === null || after === null) return false;
  const others = new Map(Object.entries(after));
  return Object.entries(before).every(([key, value]) => sameValue(others.get(key), value) !== (key === member));
}

/** An object that came or went with its schema, or whose own item says it better. */
function aclParents({ change, database, delta }: Change, index: AclIndex): readonly string[] {
  if (delta === undefined) return [];
  const [first = ""] = delta.objects;
  const own = ownItem(delta.kind, database, first);
  if (own !== undefined && delta.type !== "grant") return [own];
  if (delta.type !== "appeared" && delta.type !== "vanished") {
    if (delta.kind !== "column" || change !== "removed") return [];
    // The privileges of a table's columns go with the table.
    const table = first.slice(0, first.indexOf("."));
    const found = index.get(objectId(database, "table", delta.schema, table)) ?? [];
    return found.filter((one) => one.delta?.type === "vanished").map(({ key }) => key);
  }
  if (delta.schema === null) return [];
  const found = index.get(objectId(database, "schema", null, delta.schema)) ?? [];
  return found.filter((one) => one.delta?.type === delta.type).map(({ key }) => key);
}

/** Objects that have an item of their own beside their privileges. */
function ownItem(kind: string, database: string | null, name: string): string | undefined {
  if (kind === "database") return subjectOf("database", name);
  if (database === null) return undefined;
  if (kind === "server") return subjectOf("foreignServer", database, name);
  return kind === "language" ? subjectOf("language", database, name) : undefined;
}

import type { AclGroup, ObjectKind } from "../model/databaseEvidence.ts";

/** Kinds that share one name space: a schema has one relation, and one routine, of a name. */
export type ObjectClass =
  "relation" | "routine" | "schema" | "database" | Exclude<ObjectKind, RelationKind | RoutineKind>;
type RelationKind = "table" | "view" | "matview" | "foreign_table" | "sequence";
type RoutineKind = "function" | "procedure" | "aggregate";

const classes: Readonly<Partial<Record<ObjectKind, ObjectClass>>> = {
  table: "relation",
  view: "relation",
  matview: "relation",
  foreign_table: "relation",
  sequence: "relation",
  function: "routine",
  procedure: "routine",
  aggregate: "routine",
};

export interface ColumnAcl {
  readonly column: string;
  readonly group: AclGroup;
}

export interface AclIndex {
  find(kind: ObjectKind, schema: string | null, name: string): AclGroup | undefined;
  columnsOf(schema: string, table: string): readonly ColumnAcl[];
}

/** Finds the ACL of one object; made once per list of groups. */
export function aclIndex(acls: readonly AclGroup[]): AclIndex {
  const known = made.get(acls);
  if (known !== undefined) return known;
  const groups = new Map<string, AclGroup>();
  const columns = new Map<string, ColumnAcl[]>();
  for (const group of acls) {
    for (const name of group.objects) {
      if (group.kind !== "column") {
        groups.set(keyOf(group.kind, group.schema, name), group);
        continue;
      }
      const [table, column] = splitIdentifier(name);
      const key = keyOf("table", group.schema, table);
      const list = columns.get(key);
      if (list === undefined) columns.set(key, [{ column, group }]);
      else list.push({ column, group });
    }
  }
  const index: AclIndex = {
    find: (kind, schema, name) => groups.get(keyOf(kind, schema, name)),
    columnsOf: (schema, table) => columns.get(keyOf("table", schema, table)) ?? [],
  };
  made.set(acls, index);
  return index;
}

const made = new WeakMap<readonly AclGroup[], AclIndex>();

function keyOf(kind: ObjectKind, schema: string | null, name: string): string {
  return JSON.stringify([classOf(kind), schema, name]);
}

export function classOf(kind: ObjectKind): ObjectClass {
  // Kinds that are in no class are their own.
  return classes[kind] ?? (kind as ObjectClass);
}

/** `"my table".id` → `my table`, `id`: both parts as the server's quote_ident writes them. */
export function splitIdentifier(text: string): readonly [first: string, rest: string] {
  const quoted = /^"((?:[^"]|"")*)"\.?/.exec(text);
  if (quoted !== null) return [unquote(quoted[1] ?? ""), plain(text.slice(quoted[0].length))];
  const dot = text.indexOf(".");
  return dot < 0 ? [text, ""] : [text.slice(0, dot), plain(text.slice(dot + 1))];
}

function plain(identifier: string): string {
  return identifier.startsWith('"') && identifier.endsWith('"') && identifier.length > 1
    ? unquote(identifier.slice(1, -1))
    : identifier;
}

function unquote(text: string): string {
  return text.replaceAll('""', '"');
}

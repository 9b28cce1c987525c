import type { ObjectKind } from "../model/databaseEvidence.ts";
import type { AclDelta } from "./aclDelta.ts";

const kinds: Readonly<Record<ObjectKind, readonly [one: string, many: string]>> = {
  database: ["database", "databases"],
  tablespace: ["tablespace", "tablespaces"],
  parameter: ["parameter", "parameters"],
  schema: ["schema", "schemas"],
  table: ["table", "tables"],
  view: ["view", "views"],
  matview: ["materialised view", "materialised views"],
  foreign_table: ["foreign table", "foreign tables"],
  sequence: ["sequence", "sequences"],
  column: ["column", "columns"],
  function: ["function", "functions"],
  procedure: ["procedure", "procedures"],
  aggregate: ["aggregate", "aggregates"],
  type: ["type", "types"],
  domain: ["domain", "domains"],
  language: ["language", "languages"],
  fdw: ["foreign-data wrapper", "foreign-data wrappers"],
  server: ["foreign server", "foreign servers"],
  large_object: ["large object", "large objects"],
};

const namedObjects = 3;

/** `table app.orders in database shop`, `500 tables of schema app (t1, t2, t3 and 497 more) in database shop`. */
export function objectsText({ kind, schema, objects }: AclDelta, database: string | null): string {
  const [one, many] = Object.hasOwn(kinds, kind) ? kinds[kind] : [kind, kind];
  const where = database === null ? "" : ` in database ${database}`;
  if (objects.length === 1) return `${one} ${schema === null ? "" : `${schema}.`}${objects[0] ?? ""}${where}`;
  const rest = objects.length - namedObjects;
  const named = objects.slice(0, namedObjects).join(", ");
  const list = rest > 0 ? `${named} and ${rest} more` : named;
  return `${objects.length} ${many}${schema === null ? "" : ` of schema ${schema}`} (${list})${where}`;
}

const privileges: Readonly<Record<string, string>> = {
  r: "SELECT",
  a: "INSERT",
  w: "UPDATE",
  d: "DELETE",
  D: "TRUNCATE",
  x: "REFERENCES",
  t: "TRIGGER",
  m: "MAINTAIN",
  X: "EXECUTE",
  U: "USAGE",
  C: "CREATE",
  c: "CONNECT",
  T: "TEMPORARY",
  s: "SET",
  A: "ALTER SYSTEM",
};

/** A letter that a later version of PostgreSQL brought stands as itself. */
export function privilegeText(letter: string): string {
  return privileges[letter] ?? `privilege ${JSON.stringify(letter)}`;
}

/** `PUBLIC`, `role app_ro`, or what remains of a role that was dropped. */
export function granteeWords(grantee: string | null): string {
  if (grantee === null) return "PUBLIC";
  return /^oid:\d+$/.test(grantee) ? `a role that is no longer there (${grantee})` : `role ${grantee}`;
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

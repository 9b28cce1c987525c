import type { ObjectKind } from "../model/databaseEvidence.ts";
import type { DatabaseAccess, RoleAccess } from "./accessInput.ts";
import { aclIndex } from "./aclIndex.ts";
import { type FoundAcl, lettersIn, ownerNeed, privilegeNeed, type Source } from "./holders.ts";
import { allOf, need, type Need } from "./need.ts";
import type { Who } from "./way.ts";

/** An object of a database. Without `kind` a table, view, materialised view, foreign table or sequence. */
export interface ObjectName {
  /** Null for what lies in no schema, such as a schema. */
  readonly schema: string | null;
  /** Functions as `name(input types)`. */
  readonly name: string;
  readonly kind?: ObjectKind;
}

/** Who may do what with one object, USAGE of its schema and CONNECT included. */
export interface ObjectReach {
  readonly kind: ObjectKind;
  readonly schema: string | null;
  readonly name: string;
  readonly owner: string;
  /** By ACL letter: those of the kind, and unknown ones that were granted. */
  readonly privileges: ReadonlyMap<string, Who>;
  /** SELECT, on a column at least. */
  readonly read: Who;
  /** INSERT, UPDATE, DELETE or TRUNCATE, on a column at least. */
  readonly write: Who;
  /** Who may alter, drop and grant. */
  readonly own: Who;
}

/** Undefined when the evidence has no such object. */
export function objectReach(access: RoleAccess, database: DatabaseAccess, object: ObjectName): ObjectReach | undefined {
  const found = findObject(database, object);
  return found === undefined ? undefined : reachOf(access, database, found);
}

function reachOf(access: RoleAccess, database: DatabaseAccess, found: FoundAcl): ObjectReach {
  const { group, name } = found;
  const letters = lettersOf(access, found);
  function usable(privileges: string): Who {
    return allOf(needsOf(access, database, found, privileges));
  }
  return {
    ...{ kind: group.kind, schema: group.schema, name, owner: group.owner },
    get privileges() {
      return new Map(letters.map((letter) => [letter, usable(letter)]));
    },
    get read() {
      return usable("r");
    },
    get write() {
      return usable("awdD");
    },
    get own() {
      return allOf([ownerNeed(access, database, group), ...connectNeed(access, database)]);
    },
  };
}

/**
 * What using a privilege takes, given by its ACL letter, or any of several: the privilege first, then USAGE of the
 * schema and CONNECT. Nothing at all when the evidence has no such object.
 */
export function privilegeNeeds(
  access: RoleAccess,
  database: DatabaseAccess,
  object: ObjectName,
  letters: string,
  source: Source = "any",
): readonly Need[] {
  const found = findObject(database, object);
  return found === undefined ? [] : needsOf(access, database, found, letters, source);
}

/** USAGE of a schema; nothing for the catalogs' own, which are as PostgreSQL made them, open to all. */
export function usageNeed(access: RoleAccess, database: DatabaseAccess, schema: string): readonly Need[] {
  const group = aclIndex(database.acls).find("schema", null, schema);
  if (group === undefined) return [];
  const usage = privilegeNeed(access, database, { name: schema, group, columns: [] }, "U");
  return [need({ ...fixed(usage), label: `USAGE on schema ${schema}` }, () => usage.who)];
}

/** CONNECT, which roles that nobody logs in as need not have; nothing where it is taken for granted. */
export function connectNeed(access: RoleAccess, database: DatabaseAccess): readonly Need[] {
  const { name, sharedAcls } = database;
  const group = sharedAcls === null ? undefined : aclIndex(sharedAcls).find("database", null, name);
  if (group === undefined) return [];
  const connect = privilegeNeed(access, database, { name, group, columns: [] }, "c");
  return [need({ ...fixed(connect), label: `CONNECT on database ${name}`, free: access.groups }, () => connect.who)];
}

function fixed({ on, from, open, label, free }: Need): Omit<Need, "who"> {
  return { on, from, open, label, free };
}

function findObject({ acls }: DatabaseAccess, { schema, name, kind = "table" }: ObjectName): FoundAcl | undefined {
  const index = aclIndex(acls);
  const group = index.find(kind, schema, name);
  if (group === undefined) return undefined;
  return { name, group, columns: schema === null || kind === "column" ? [] : index.columnsOf(schema, name) };
}

function needsOf(
  access: RoleAccess,
  database: DatabaseAccess,
  found: FoundAcl,
  letters: string,
  source: Source = "any",
): readonly Need[] {
  const { schema } = found.group;
  return [
    privilegeNeed(access, database, found, letters, source),
    ...(schema === null ? [] : usageNeed(access, database, schema)),
    ...connectNeed(access, database),
  ];
}

const kindLetters: Readonly<Record<ObjectKind, string>> = {
  ...{ database: "CTc", tablespace: "C", parameter: "sA", schema: "UC" },
  ...{ table: "arwdDxtm", view: "arwdDxtm", matview: "arwdDxtm", foreign_table: "arwdDxtm" },
  ...{ sequence: "rwU", column: "arwx", function: "X", procedure: "X", aggregate: "X" },
  ...{ type: "U", domain: "U", language: "U", fdw: "U", server: "U", large_object: "rw" },
};

/** MAINTAIN comes with 17. Unknown letters of grants are kept. */
function lettersOf({ versionNum }: RoleAccess, { group }: Pick<FoundAcl, "group">): readonly string[] {
  const known = kindLetters[group.kind].replace(versionNum < 170000 ? "m" : "", "");
  const granted = group.grants.flatMap(({ privileges }) => lettersIn(privileges));
  return [...new Set([...lettersIn(known), ...granted])];
}

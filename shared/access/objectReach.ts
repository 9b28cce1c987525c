import type { AclGroup, Grant, ObjectKind } from "../model/databaseEvidence.ts";
import { type DatabaseAccess, impliedMembership, type RoleAccess } from "./accessInput.ts";
import { aclIndex, type ColumnAcl } from "./aclIndex.ts";
import { reachFrom, type RoleAttribute } from "./membershipClosure.ts";
import type { MembershipGraph } from "./membershipGraph.ts";
import type { Start } from "./membershipWalk.ts";
import { administratorRole } from "./privilegedReach.ts";
import { restrict, type Via, type Who } from "./way.ts";

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
  if (found === undefined) return undefined;
  const { group } = found;
  const letters = lettersOf(access, found);
  return {
    ...{ kind: group.kind, schema: group.schema, name: object.name, owner: group.owner },
    get privileges() {
      return new Map(letters.map((letter) => [letter, usable(access, database, found, letter)]));
    },
    get read() {
      return usable(access, database, found, "r");
    },
    get write() {
      return usable(access, database, found, "awdD");
    },
    get own() {
      const own = who(access, database, ownerStarts(access, group, "privilege"), undefined);
      return connected(access, database, own);
    },
  };
}

/**
 * Who holds a privilege, by its ACL letter, or any of several; undefined when the evidence has no such object.
 *
 * @param source `grant` leaves out those who own the object, or as good as that
 */
export function privilegeReach(
  access: RoleAccess,
  database: DatabaseAccess,
  object: ObjectName,
  letters: string,
  source: Source = "any",
): Who | undefined {
  const found = findObject(database, object);
  return found === undefined ? undefined : usable(access, database, found, letters, source);
}

type Source = "any" | "grant";

/** Leaves those who may connect to the database; roles that nobody logs in as need not. */
export function connected(access: RoleAccess, database: DatabaseAccess, reach: Who): Who {
  if (database.sharedAcls === null) return reach;
  const group = aclIndex(database.sharedAcls).find("database", null, database.name);
  if (group === undefined) return reach;
  const mayConnect = holders(access, database, { group, columns: [] }, "c");
  return restrict(reach, mayConnect, `CONNECT on database ${database.name}`, access.groups);
}

/** Everybody who holds an attribute, or can become one who does. */
export function attributeHolders({ graph }: RoleAccess, attribute: RoleAttribute): Who {
  return { everyone: undefined, named: reachFrom(graph, attributeStarts(graph.roles, attribute)) };
}

/** Who has the rights of a role. */
export function who(
  access: RoleAccess,
  database: DatabaseAccess,
  starts: readonly Start<Via>[],
  everyone: Via | undefined,
): Who {
  return { everyone, named: reachFrom(access.graph, starts, impliedMembership(access, database.owner)) };
}

interface Found {
  readonly group: AclGroup;
  /** Column ACLs of a table. */
  readonly columns: readonly ColumnAcl[];
}

function findObject({ acls }: DatabaseAccess, { schema, name, kind = "table" }: ObjectName): Found | undefined {
  const index = aclIndex(acls);
  const group = index.find(kind, schema, name);
  if (group === undefined) return undefined;
  return { group, columns: schema === null || kind === "column" ? [] : index.columnsOf(schema, name) };
}

function usable(
  access: RoleAccess,
  database: DatabaseAccess,
  found: Found,
  letters: string,
  source: Source = "any",
): Who {
  const { schema } = found.group;
  const held = holders(access, database, found, letters, source);
  if (schema === null) return connected(access, database, held);
  const schemaGroup = aclIndex(database.acls).find("schema", null, schema);
  // The catalogs' own schemas are as PostgreSQL made them, open to all, and left out of the evidence.
  if (schemaGroup === undefined) return connected(access, database, held);
  const usage = holders(access, database, { group: schemaGroup, columns: [] }, "U");
  return connected(access, database, restrict(held, usage, `USAGE on schema ${schema}`));
}

/** Who holds a privilege, by grant, ownership, attribute or predefined role; made once per ACL. */
function holders(
  access: RoleAccess,
  database: DatabaseAccess,
  { group, columns }: Found,
  letters: string,
  source: Source = "any",
): Who {
  const relevant = columns.filter((column) => column.group.grants.some((grant) => gives(grant, letters)));
  if (relevant.length > 0) return makeHolders(access, database, { group, columns: relevant }, letters, source);
  const perGroup = made.get(access) ?? new WeakMap<AclGroup, Map<string, Who>>();
  made.set(access, perGroup);
  const answers = perGroup.get(group) ?? new Map<string, Who>();
  perGroup.set(group, answers);
  // The owner of the database has what pg_database_owner has.
  const key = `${source} ${letters} ${database.owner ?? ""}`;
  const known = answers.get(key) ?? makeHolders(access, database, { group, columns: [] }, letters, source);
  answers.set(key, known);
  return known;
}

function gives({ privileges }: Grant, letters: string): boolean {
  return lettersIn(letters).some((letter) => privileges.includes(letter));
}

/** Objects of one ACL group have the same answer, and schemas are asked about once per table. */
const made = new WeakMap<RoleAccess, WeakMap<AclGroup, Map<string, Who>>>();

function makeHolders(
  access: RoleAccess,
  database: DatabaseAccess,
  { group, columns }: Found,
  letters: string,
  source: Source,
): Who {
  const granted = group.grants.filter((grant) => gives(grant, letters));
  const onColumns = columnGrants(columns, letters);
  const ownerHolds = group.ownerFull || granted.some(({ grantee }) => grantee === group.owner);
  const predefined = lettersIn(letters).flatMap((letter) => predefinedHolders(access, group.kind, letter));
  const starts = [
    ...(source === "grant" ? [] : ownerStarts(access, group, ownerHolds ? "privilege" : "selfGrant")),
    ...granted.flatMap(({ grantee }) => (grantee === null ? [] : [grantStart(grantee)])),
    ...[...onColumns].flatMap(([grantee, names]) => (grantee === null ? [] : [grantStart(grantee, names)])),
    ...predefined.map((role) => ({ role, as: "privilege" as const, via: { kind: "predefined", role } as const })),
  ].filter(({ role }) => source === "any" || role !== group.owner);
  const publicColumns = onColumns.get(null);
  const everyone = granted.some(({ grantee }) => grantee === null)
    ? ({ kind: "grant", grantee: null } as const)
    : publicColumns && ({ kind: "grant", grantee: null, columns: publicColumns } as const);
  return who(access, database, starts, everyone);
}

function grantStart(grantee: string, columns?: readonly string[]): Start<Via> {
  const via = { kind: "grant", grantee, ...(columns === undefined ? {} : { columns }) } as const;
  return { role: grantee, as: "privilege", via };
}

function columnGrants(columns: readonly ColumnAcl[], letters: string): ReadonlyMap<string | null, readonly string[]> {
  const perGrantee = new Map<string | null, string[]>();
  for (const { column, group } of columns) {
    for (const grant of group.grants) {
      if (!gives(grant, letters)) continue;
      perGrantee.set(grant.grantee, [...(perGrantee.get(grant.grantee) ?? []), column]);
    }
  }
  return perGrantee;
}

/** Superusers, the owner, and azure_pg_admin where the owner is none of the platform's own. */
function ownerStarts(
  { graph, roles }: RoleAccess,
  { owner }: AclGroup,
  as: "privilege" | "selfGrant",
): readonly Start<Via>[] {
  const starts: Start<Via>[] = [
    { role: owner, as, via: { kind: "owner", owner } },
    ...attributeStarts(graph.roles, "superuser"),
  ];
  if (roles.get(owner)?.superuser === true) return starts;
  return [...starts, { role: administratorRole, as: "privilege", via: { kind: "azure_pg_admin" } }];
}

function attributeStarts(roles: MembershipGraph["roles"], attribute: RoleAttribute): readonly Start<Via>[] {
  return roles.flatMap((role) =>
    role?.[attribute] === true
      ? [{ role: role.name, as: "attribute" as const, via: { kind: "attribute", attribute, holder: role.name } }]
      : [],
  );
}

const relations: readonly ObjectKind[] = ["table", "view", "matview", "foreign_table", "sequence", "column"];

/** Predefined roles whose members hold the privilege everywhere; a role that does not exist yet has no members. */
function predefinedHolders({ versionNum }: RoleAccess, kind: ObjectKind, letter: string): readonly string[] {
  if (versionNum < 140000) return [];
  if (kind === "schema") return letter === "U" ? ["pg_read_all_data", "pg_write_all_data"] : [];
  if (!relations.includes(kind)) return [];
  if (letter === "r") return ["pg_read_all_data"];
  if ("awd".includes(letter)) return ["pg_write_all_data"];
  return letter === "m" ? ["pg_maintain"] : [];
}

const kindLetters: Readonly<Record<ObjectKind, string>> = {
  ...{ database: "CTc", tablespace: "C", parameter: "sA", schema: "UC" },
  ...{ table: "arwdDxtm", view: "arwdDxtm", matview: "arwdDxtm", foreign_table: "arwdDxtm" },
  ...{ sequence: "rwU", column: "arwx", function: "X", procedure: "X", aggregate: "X" },
  ...{ type: "U", domain: "U", language: "U", fdw: "U", server: "U", large_object: "rw" },
};

/** MAINTAIN comes with 17. Unknown letters of grants are kept. */
function lettersOf({ versionNum }: RoleAccess, { group }: Found): readonly string[] {
  const known = kindLetters[group.kind].replace(versionNum < 170000 ? "m" : "", "");
  const granted = group.grants.flatMap(({ privileges }) => lettersIn(privileges));
  return [...new Set([...lettersIn(known), ...granted])];
}

function lettersIn(privileges: string): readonly string[] {
  return Array.from(privileges.replaceAll("*", ""));
}

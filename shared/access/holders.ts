import type { AclGroup, Grant, ObjectKind } from "../model/databaseEvidence.ts";
import { type DatabaseAccess, impliedMembership, type RoleAccess } from "./accessInput.ts";
import type { ColumnAcl } from "./aclIndex.ts";
import { reachFrom, type RoleAttribute } from "./membershipClosure.ts";
import type { MembershipGraph } from "./membershipGraph.ts";
import type { Start } from "./membershipWalk.ts";
import { need, type Need } from "./need.ts";
import { administratorRole } from "./privilegedReach.ts";
import type { Via, Who } from "./way.ts";

/** The ACL of an object with, for a table, those of its columns. */
export interface FoundAcl {
  readonly name: string;
  readonly group: AclGroup;
  readonly columns: readonly ColumnAcl[];
}

/** `grant` leaves out those who own the object, or as good as that. */
export type Source = "any" | "grant";

/** Having a role's rights. */
export function roleNeed(access: RoleAccess, database: DatabaseAccess, role: string, via: Via): Need {
  return need(plain([role]), () => reached(access, database, [{ role, as: "privilege", via }], undefined));
}

/** Having an attribute, or being able to become one who has it. */
export function attributeNeed({ graph }: RoleAccess, attribute: RoleAttribute): Need {
  const starts = attributeStarts(graph.roles, attribute);
  return need(plain(starts.map(({ role }) => role)), () => ({
    everyone: undefined,
    named: reachFrom(graph, starts),
  }));
}

/** Owning an object, or as good as that. */
export function ownerNeed(access: RoleAccess, database: DatabaseAccess, { owner }: AclGroup): Need {
  return need(plain([owner]), () => reached(access, database, ownerStarts(access, owner, "privilege"), undefined));
}

/** Holding a privilege, by its ACL letter, or any of several: by grant, ownership, attribute or predefined role. */
export function privilegeNeed(
  access: RoleAccess,
  database: DatabaseAccess,
  found: FoundAcl,
  letters: string,
  source: Source = "any",
): Need {
  const { kind, schema } = found.group;
  const { starts, everyone } = beginnings(access, found, letters, source);
  const from = starts.filter((start) => start.as !== "attribute").map(({ role }) => role);
  return need({ ...plain(from), open: everyone !== undefined, on: { kind, schema, name: found.name } }, () =>
    holders(access, database, found, letters, source),
  );
}

function plain(from: readonly string[]) {
  return { on: null, from, open: false, label: "", free: nobody };
}

const nobody: ReadonlySet<string> = new Set();

function reached(
  access: RoleAccess,
  database: DatabaseAccess,
  starts: readonly Start<Via>[],
  everyone: Via | undefined,
): Who {
  return { everyone, named: reachFrom(access.graph, starts, impliedMembership(access, database.owner)) };
}

/** Made once for all ACLs under which the same roles hold it. */
function holders(
  access: RoleAccess,
  database: DatabaseAccess,
  { name, group, columns }: FoundAcl,
  letters: string,
  source: Source,
): Who {
  const relevant = columns.filter((column) => column.group.grants.some((grant) => gives(grant, letters)));
  const { starts, everyone } = beginnings(access, { name, group, columns: relevant }, letters, source);
  if (relevant.length > 0) return reached(access, database, starts, everyone);
  const answers = made.get(access) ?? new Map<string, Who>();
  made.set(access, answers);
  // The owner of the database has what pg_database_owner has.
  const ends = starts.map(({ role, as, via }) => [role, as, via.kind]);
  const key = JSON.stringify([database.owner, everyone !== undefined, ends]);
  const known = answers.get(key) ?? reached(access, database, starts, everyone);
  answers.set(key, known);
  return known;
}

/** Thousands of objects share few grantees, and schemas are asked about once per table. */
const made = new WeakMap<RoleAccess, Map<string, Who>>();

function gives({ privileges }: Grant, letters: string): boolean {
  return lettersIn(letters).some((letter) => privileges.includes(letter));
}

/** Where the ways to a privilege end, and what PUBLIC has of it. */
function beginnings(
  access: RoleAccess,
  { group, columns }: FoundAcl,
  letters: string,
  source: Source,
): { readonly starts: readonly Start<Via>[]; readonly everyone: Via | undefined } {
  const granted = group.grants.filter((grant) => gives(grant, letters));
  const onColumns = columnGrants(columns, letters);
  const ownerHolds = group.ownerFull || granted.some(({ grantee }) => grantee === group.owner);
  const predefined = lettersIn(letters).flatMap((letter) => predefinedHolders(access, group.kind, letter));
  const starts = [
    ...(source === "grant" ? [] : ownerStarts(access, group.owner, ownerHolds ? "privilege" : "selfGrant")),
    ...granted.flatMap(({ grantee }) => (grantee === null ? [] : [grantStart(grantee)])),
    ...[...onColumns].flatMap(([grantee, names]) => (grantee === null ? [] : [grantStart(grantee, names)])),
    ...predefined.map((role) => ({ role, as: "privilege" as const, via: { kind: "predefined", role } as const })),
  ].filter(({ role }) => source === "any" || role !== group.owner);
  const publicColumns = onColumns.get(null);
  const everyone = granted.some(({ grantee }) => grantee === null)
    ? ({ kind: "grant", grantee: null } as const)
    : publicColumns && ({ kind: "grant", grantee: null, columns: publicColumns } as const);
  return { starts, everyone };
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
  owner: string,
  as: "privilege" | "selfGrant",
): readonly Start<Via>[] {
  const starts: Start<Via>[] = [
    { role: owner, as, via: { kind: "owner", owner } },
    ...attributeStarts(graph.roles, "superuser"),
  ];
  if (roles.get(owner)?.superuser === true) return starts;
  return [...starts, { role: administratorRole, as: "privilege", via: { kind: "azure_pg_admin" } }];
}

/** Every table asks for the superusers, and there are 20,000 roles to look at. */
const startsMade = new WeakMap<MembershipGraph["roles"], Map<RoleAttribute, readonly Start<Via>[]>>();

function attributeStarts(roles: MembershipGraph["roles"], attribute: RoleAttribute): readonly Start<Via>[] {
  const perAttribute = startsMade.get(roles) ?? new Map<RoleAttribute, readonly Start<Via>[]>();
  startsMade.set(roles, perAttribute);
  const starts = perAttribute.get(attribute) ?? findStarts(roles, attribute);
  perAttribute.set(attribute, starts);
  return starts;
}

function findStarts(roles: MembershipGraph["roles"], attribute: RoleAttribute): readonly Start<Via>[] {
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

/** Letters without the stars of grantable ones. */
export function lettersIn(privileges: string): readonly string[] {
  return Array.from(privileges.replaceAll("*", ""));
}

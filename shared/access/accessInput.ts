import type { CatalogContext, Membership, Role } from "../model/catalogEvidence.ts";
import type {
  AclGroup,
  DefinerFunction,
  Partition,
  ProtectedTable,
  ProtectedView,
  Publication,
} from "../model/databaseEvidence.ts";
import type { DatabasePosture, Posture } from "../model/posture.ts";
import type { Section, Unavailable } from "../model/section.ts";
import type { ImpliedMembership } from "./membershipWalk.ts";
import { membershipGraph, type MembershipGraph } from "./membershipGraph.ts";

/** What stands in the way of an answer. */
export interface MissingSection {
  /** Null: a section of the server. */
  readonly database: string | null;
  readonly section: string;
  readonly reason: Unavailable["reason"];
  readonly detail: string;
}

/** The roles of a server, ready to be asked who reaches what. */
export interface RoleAccess {
  readonly versionNum: number;
  /** The database in which the roles were read. */
  readonly connectedTo: string;
  readonly roles: ReadonlyMap<string, Role>;
  readonly graph: MembershipGraph;
  /** Login principals: roles that log in, and Entra groups, any member of which logs in as the group's role. */
  readonly logins: ReadonlySet<string>;
  /** All other roles. */
  readonly groups: ReadonlySet<string>;
}

/** What is known of one database; null of a section means that it could not be read. */
export interface DatabaseAccess {
  readonly name: string;
  /** Null when nobody knows; then nobody is known to be in `pg_database_owner`. */
  readonly owner: string | null;
  readonly acls: readonly AclGroup[];
  /** ACLs of databases; null: CONNECT is taken for granted. */
  readonly sharedAcls: readonly AclGroup[] | null;
  readonly protectedTables: readonly ProtectedTable[] | null;
  readonly partitions: readonly Partition[] | null;
  readonly definerFunctions: readonly DefinerFunction[] | null;
  readonly protectedViews: readonly ProtectedView[] | null;
  readonly publications: readonly Publication[] | null;
}

export interface AccessInput extends RoleAccess {
  readonly databases: ReadonlyMap<string, DatabaseAccess>;
  /** Every section that the answers would use and that could not be read. */
  readonly missing: readonly MissingSection[];
}

/** Everything that questions about reach need, out of a posture; or the section without which nothing can be said. */
export function accessInput(posture: Posture): AccessInput | { readonly unavailable: MissingSection } {
  const { roles, memberships, context, databases, sharedAcls } = posture.sections;
  if (roles.state === "unavailable") return { unavailable: missing("roles", roles) };
  if (memberships.state === "unavailable") return { unavailable: missing("memberships", memberships) };
  if (context.state === "unavailable") return { unavailable: missing("context", context) };
  const connection = context.items[0];
  if (connection === undefined)
    return { unavailable: missing("context", { reason: "shape", detail: "Section context is empty." }) };

  const facts = databases.state === "collected" ? databases.items : [];
  const ownerOf = new Map(facts.map(({ name, owner }) => [name, owner]));
  const shared = { owners: ownerOf, sharedAcls: itemsOf(sharedAcls) };
  const found = posture.databases.flatMap((database) => databaseFrom(database, shared));
  return {
    ...roleAccess(roles.items, memberships.items, connection),
    databases: new Map(found.map((database) => [database.name, database])),
    missing: [
      ...Object.entries({ databases, sharedAcls }).flatMap(([name, section]) => missingIn(null, name, section)),
      ...posture.databases.flatMap(({ name, sections }) =>
        databaseSections.flatMap((section) => missingIn(name, section, sections[section])),
      ),
    ],
  };
}

/** For controls, which have evidence instead of a posture; made once per list of memberships. */
export function roleAccess(
  roles: readonly Role[],
  memberships: readonly Membership[],
  { versionNum, database }: Pick<CatalogContext, "versionNum" | "database">,
): RoleAccess {
  const known = made.get(memberships);
  if (known?.list === roles && known.access.versionNum === versionNum) return known.access;
  // Each database has an edge of its own instead, see `impliedMembership`.
  const granted = memberships.filter(({ role, grantor }) => role !== "pg_database_owner" || grantor !== "(implicit)");
  const access = {
    versionNum,
    connectedTo: database,
    roles: new Map(roles.map((role) => [role.name, role])),
    graph: membershipGraph(granted, roles, { versionNum }),
    logins: new Set(roles.filter(isLoginPrincipal).map(({ name }) => name)),
    groups: new Set(roles.filter((role) => !isLoginPrincipal(role)).map(({ name }) => name)),
  };
  made.set(memberships, { list: roles, access });
  return access;
}

/** Dozens of controls ask about the same posture; the answer depends on nothing else. */
const made = new WeakMap<readonly Membership[], { readonly list: readonly Role[]; readonly access: RoleAccess }>();

/** Whether somebody can log in as the role: an Entra group's role stands for any member of the group. */
export function isLoginPrincipal({ canLogIn, entra }: Role): boolean {
  return canLogIn || entra?.type === "group";
}

/** The owner of a database in `pg_database_owner`; before 16 the owner's INHERIT attribute decides here too. */
export function impliedMembership(
  { versionNum, roles }: RoleAccess,
  owner: string | null,
): ImpliedMembership | undefined {
  if (owner === null || versionNum < 140000) return undefined;
  const inherit = versionNum >= 160000 || roles.get(owner)?.inherit !== false;
  return { role: "pg_database_owner", member: owner, inherit };
}

const databaseSections = [
  "acls",
  "protectedTables",
  "partitions",
  "definerFunctions",
  "protectedViews",
  "publications",
] as const;

function databaseFrom(
  { name, sections }: DatabasePosture,
  { owners, sharedAcls }: { owners: ReadonlyMap<string, string>; sharedAcls: readonly AclGroup[] | null },
): readonly DatabaseAccess[] {
  if (sections.acls.state === "unavailable") return [];
  return [
    {
      name,
      owner: owners.get(name) ?? null,
      acls: sections.acls.items,
      sharedAcls,
      protectedTables: itemsOf(sections.protectedTables),
      partitions: itemsOf(sections.partitions),
      definerFunctions: itemsOf(sections.definerFunctions),
      protectedViews: itemsOf(sections.protectedViews),
      publications: itemsOf(sections.publications),
    },
  ];
}

function itemsOf<T>(section: Section<T>): readonly T[] | null {
  return section.state === "collected" ? section.items : null;
}

function missing(section: string, { reason, detail }: Pick<Unavailable, "reason" | "detail">): MissingSection {
  return { database: null, section, reason, detail };
}

function missingIn(database: string | null, name: string, section: Section<unknown>): readonly MissingSection[] {
  return section.state === "collected" ? [] : [{ ...missing(name, section), database }];
}

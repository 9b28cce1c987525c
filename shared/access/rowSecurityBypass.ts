import type { ProtectedTable } from "../model/databaseEvidence.ts";
import type { DatabaseAccess, RoleAccess } from "./accessInput.ts";
import { bypassThroughCode } from "./bypassThroughCode.ts";
import { attributeHolders, connected, privilegeReach, who } from "./objectReach.ts";
import { administratorRole } from "./privilegedReach.ts";
import { compareHow, type Via, type Way, wayOf, type Who } from "./way.ts";

/**
 * Kinds of ways past row security, the plainest first. The first four lift it from the role altogether; the others
 * are ways to rows, or to changes of them, that no policy looks at.
 */
export type BypassKind =
  | "superuser"
  | "bypassRls"
  /** The owner of a table without FORCE. */
  | "owner"
  | "azure_pg_admin"
  /** A partition without row security of its own that is granted directly. */
  | "partition"
  /** A view that reads with the rights of an owner who is not held by the policies. */
  | "view"
  /** Holds what its owner saw at the last refresh. */
  | "materializedView"
  /** A SECURITY DEFINER function that names the table, of an owner who is not held by the policies. */
  | "definerFunction"
  /** Logical replication sends every row. */
  | "publication"
  | "truncate"
  /** A foreign key tells which key values exist. */
  | "references";

/** One way past the row security of one table, and who has it. */
export interface BypassPath {
  readonly kind: BypassKind;
  /** The partition, view or function in between as `schema.name`, or the publication; null: the table itself. */
  readonly through: string | null;
  readonly who: Who;
}

export interface TableBypass {
  readonly schema: string;
  readonly table: string;
  readonly owner: string;
  readonly forced: boolean;
  readonly paths: readonly BypassPath[];
}

/** One role's way past row security. */
export interface Bypass extends Way {
  readonly kind: BypassKind;
  readonly through: string | null;
}

/** The part of a table's answer that needs no other object. */
export interface OwnBypass {
  readonly table: ProtectedTable;
  readonly paths: readonly BypassPath[];
}

/**
 * Every table with row security switched on, and every way past it. The four first kinds do not ask whether the role
 * has a privilege on the table at all. Sections of `database` that are null add no paths: `AccessInput.missing` has them.
 */
export function rowSecurityBypass(access: RoleAccess, database: DatabaseAccess): readonly TableBypass[] {
  const everywhere = bypassEverywhere(access, database);
  return (database.protectedTables ?? [])
    .filter(({ enabled }) => enabled)
    .map((table) => {
      const lifting = [...everywhere, ...bypassAsOwner(access, database, table)];
      const { schema, table: name, owner, forced } = table;
      const paths = [
        ...lifting,
        ...bypassThroughCode(access, database, table, lifting),
        ...byPrivilege(access, database, table),
      ];
      return { schema, table: name, owner, forced, paths: paths.filter((path) => hasAnybody(path.who)) };
    });
}

/** A role's ways past the row security of a table, the most direct first, PUBLIC's included. */
export function bypassesOf({ paths }: TableBypass, role: string): readonly Bypass[] {
  return paths
    .flatMap(({ kind, through, who }) => {
      const way = wayOf(who, role);
      return way === undefined ? [] : [bypass(way, kind, through)];
    })
    .sort((left, right) => compareHow(left.how, right.how));
}

function bypass(way: Way, kind: BypassKind, through: string | null): Bypass {
  const { how, precondition } = way;
  return {
    ...{ kind, through, how },
    get path() {
      return way.path;
    },
    get via() {
      return way.via;
    },
    ...(precondition === undefined ? {} : { precondition }),
  };
}

function hasAnybody({ everyone, named }: Who): boolean {
  return everyone !== undefined || named.size > 0;
}

function bypassEverywhere(access: RoleAccess, database: DatabaseAccess): readonly BypassPath[] {
  return [
    { kind: "superuser", through: null, who: connected(access, database, attributeHolders(access, "superuser")) },
    { kind: "bypassRls", through: null, who: connected(access, database, attributeHolders(access, "bypassRls")) },
  ];
}

function bypassAsOwner(
  access: RoleAccess,
  database: DatabaseAccess,
  { owner, forced }: ProtectedTable,
): readonly BypassPath[] {
  function having(role: string, via: Via): Who {
    return connected(access, database, who(access, database, [{ role, as: "privilege", via }], undefined));
  }
  const owned = having(owner, { kind: "owner", owner });
  const administered = having(administratorRole, { kind: "azure_pg_admin" });
  const isPlatform = access.roles.get(owner)?.superuser === true;
  return [
    ...(forced ? [] : [{ kind: "owner" as const, through: null, who: owned }]),
    ...(isPlatform ? [] : [{ kind: "azure_pg_admin" as const, through: null, who: administered }]),
  ];
}

/** Without those who own the table, or as good as that: they need no such privilege to take the policies away. */
function byPrivilege(
  access: RoleAccess,
  database: DatabaseAccess,
  { schema, table }: ProtectedTable,
): readonly BypassPath[] {
  const kinds = { truncate: "D", references: "x" } as const;
  return (["truncate", "references"] as const).flatMap((kind) => {
    const who = privilegeReach(access, database, { schema, name: table }, kinds[kind], "grant");
    return who === undefined ? [] : [{ kind, through: null, who }];
  });
}

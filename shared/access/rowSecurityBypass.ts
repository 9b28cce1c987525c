import type { ProtectedTable } from "../model/databaseEvidence.ts";
import type { DatabaseAccess, RoleAccess } from "./accessInput.ts";
import { type BypassKind, bypassPath, type BypassPath } from "./bypassPath.ts";
import { bypassThroughCode } from "./bypassThroughCode.ts";
import { attributeNeed, roleNeed } from "./holders.ts";
import { connectNeed, privilegeNeeds } from "./objectReach.ts";
import { administratorRole } from "./privilegedReach.ts";
import { compareHow, type Way, wayOf, type Who } from "./way.ts";

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

/** The ways past the row security of one table. */
export interface TableWays {
  /** Lift row security from a role altogether, whether it has a privilege on the table or not. */
  readonly lifting: readonly BypassPath[];
  /** Lead past it by privileges on the table, or on what reads it. */
  readonly others: readonly BypassPath[];
}

/**
 * Every table with row security switched on, and every way past it that somebody has. Sections of `database` that are
 * null add no paths: `AccessInput.missing` has them.
 */
export function rowSecurityBypass(access: RoleAccess, database: DatabaseAccess): readonly TableBypass[] {
  const waysPast = waysPastRowSecurity(access, database);
  return (database.protectedTables ?? [])
    .filter(({ enabled }) => enabled)
    .map((one) => {
      const { schema, table, owner, forced } = one;
      const { lifting, others } = waysPast(one);
      const paths = [...lifting, ...others].filter((path) => hasAnybody(path.who));
      return { schema, table, owner, forced, paths };
    });
}

/** Answers for one table after the other; who has a way is found out when it is asked for. */
export function waysPastRowSecurity(
  access: RoleAccess,
  database: DatabaseAccess,
): (table: ProtectedTable) => TableWays {
  const connect = connectNeed(access, database);
  const attributes = (["superuser", "bypassRls"] as const).map((attribute) =>
    bypassPath({ kind: attribute, through: null }, () => [attributeNeed(access, attribute), ...connect]),
  );
  const administrators = bypassPath({ kind: "azure_pg_admin", through: null }, () => [
    roleNeed(access, database, administratorRole, { kind: "azure_pg_admin" }),
    ...connect,
  ]);
  const owners = new Map<string, BypassPath>();
  function ownedBy(owner: string): BypassPath {
    const known = owners.get(owner) ?? asOwner(owner);
    owners.set(owner, known);
    return known;
  }
  function asOwner(owner: string): BypassPath {
    return bypassPath({ kind: "owner", through: null }, () => [
      roleNeed(access, database, owner, { kind: "owner", owner }),
      ...connect,
    ]);
  }
  return (table) => {
    const isPlatform = access.roles.get(table.owner)?.superuser === true;
    const lifting = [
      ...attributes,
      ...(table.forced ? [] : [ownedBy(table.owner)]),
      ...(isPlatform ? [] : [administrators]),
    ];
    const others = [...bypassThroughCode(access, database, table, lifting), ...byPrivilege(access, database, table)];
    return { lifting, others };
  };
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

/** Without those who own the table, or as good as that: they need no such privilege to take the policies away. */
function byPrivilege(
  access: RoleAccess,
  database: DatabaseAccess,
  { schema, table }: ProtectedTable,
): readonly BypassPath[] {
  const kinds = { truncate: "D", references: "x" } as const;
  return (["truncate", "references"] as const).map((kind) =>
    bypassPath({ kind, through: null }, () =>
      privilegeNeeds(access, database, { schema, name: table }, kinds[kind], "grant"),
    ),
  );
}

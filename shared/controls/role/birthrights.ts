import type { EntraAdministrator, ServerFacts } from "../../model/armEvidence.ts";
import { administratorRole } from "../../access/privilegedReach.ts";
import type { Membership, Role } from "../../model/catalogEvidence.ts";
import { isPlatformRole } from "./platformRoles.ts";

interface BirthEvidence {
  /** Null: not read. */
  readonly server: readonly ServerFacts[] | null;
  readonly entraAdministrators: readonly EntraAdministrator[] | null;
}

/**
 * Why a role may have what its kind gets when it is made: the administrator login and Entra administrators are members
 * of azure_pg_admin with CREATEROLE and CREATEDB (roles.md §4). Undefined when the role is of no such kind.
 */
export function birthright(role: Role, { server, entraAdministrators }: BirthEvidence): string | undefined {
  if (isPlatformRole(role.name)) return "it is a role of the platform";
  if (server?.[0]?.administratorLogin === role.name) return "it is the server's administrator login";
  const isListed = entraAdministrators?.some(({ principalName }) => principalName === role.name) === true;
  return role.entra?.admin === true || isListed ? "it is an Entra administrator" : undefined;
}

/**
 * Whether this may be the administrator login of a server that could not be read: on the service that login is a
 * direct member of azure_pg_admin with CREATEROLE (roles.md §4).
 */
export function mayBeAdministratorLogin({ name, createRole }: Role, memberships: readonly Membership[]): boolean {
  return createRole && memberships.some(({ role, member }) => role === administratorRole && member === name);
}

import { reach } from "../../access/membershipClosure.ts";
import { administratorRole } from "../../access/privilegedReach.ts";
import type { ServerFacts } from "../../model/armEvidence.ts";
import type { CatalogContext, Membership, Role } from "../../model/catalogEvidence.ts";
import { isPlatformRole } from "./platformRoles.ts";

interface AdministratorEvidence {
  readonly roles: readonly Role[];
  readonly memberships: readonly Membership[];
  readonly context: readonly CatalogContext[];
  /** Null: not read. It costs nothing: the administrator login is a member of azure_pg_admin. */
  readonly server: readonly ServerFacts[] | null;
}

/** Roles that are azure_pg_admin at once or after SET ROLE, but for those of the platform. */
export function administratorNames({
  roles,
  memberships,
  context,
  server,
}: AdministratorEvidence): ReadonlySet<string> {
  const versionNum = context[0]?.versionNum ?? 0;
  const reached = reach({ kind: "role", name: administratorRole }, memberships, roles, { versionNum });
  const members = [...reached].flatMap(([name, { how }]) => (how === "admin" || isPlatformRole(name) ? [] : [name]));
  const administratorLogin = server?.[0]?.administratorLogin ?? null;
  return new Set(administratorLogin === null ? members : [...members, administratorLogin]);
}

import { type Reach, reach } from "../../access/membershipClosure.ts";
import type { Membership } from "../../model/catalogEvidence.ts";
import type { Posture } from "../../model/posture.ts";
import type { TableRow } from "../tables.ts";
import { makeRow, type RowContext } from "./row.ts";

/** One row per role, with what it is a member of and how it becomes azure_pg_admin. */
export function roleRows(posture: Posture, context: RowContext): readonly TableRow<"PgWardenRole_CL">[] {
  const { roles, passwordTypes } = posture.sections;
  if (roles.state === "unavailable") return [];
  const typeOf = new Map(
    passwordTypes.state === "collected" ? passwordTypes.items.map(({ role, type }) => [role, type]) : [],
  );
  const granted = grantedRoles(posture);
  const administrators = administratorReach(posture);

  return roles.items.map((role) => {
    const way = administrators?.get(role.name);
    return makeRow("PgWardenRole_CL", context, role.name, {
      RoleName: role.name,
      CanLogIn: role.canLogIn,
      Superuser: role.superuser,
      CreateRole: role.createRole,
      CreateDb: role.createDb,
      Replication: role.replication,
      BypassRls: role.bypassRls,
      Inherit: role.inherit,
      ConnectionLimit: role.connectionLimit,
      ValidUntil: role.validUntil,
      PasswordType: typeOf.get(role.name) ?? null,
      EntraObjectId: role.entra?.objectId ?? null,
      EntraType: role.entra?.type ?? null,
      EntraAdmin: role.entra?.admin ?? null,
      MemberOf: granted === undefined ? null : (granted.get(role.name) ?? []),
      AdministratorReach: way?.how ?? null,
      AdministratorPath: way?.path ?? null,
      Comment: role.comment,
    });
  });
}

/** Member → the roles granted to it; undefined when memberships could not be read. */
function grantedRoles({
  sections: { memberships },
}: Posture): ReadonlyMap<string, Omit<Membership, "member">[]> | undefined {
  if (memberships.state === "unavailable") return undefined;
  const granted = new Map<string, Omit<Membership, "member">[]>();
  for (const { member, ...edge } of memberships.items) granted.set(member, [...(granted.get(member) ?? []), edge]);
  return granted;
}

function administratorReach({ sections }: Posture): ReadonlyMap<string, Reach> | undefined {
  const { roles, memberships, context } = sections;
  if (roles.state === "unavailable" || memberships.state === "unavailable" || context.state === "unavailable")
    return undefined;
  const version = context.items[0];
  if (version === undefined) return undefined;
  return reach({ kind: "role", name: "azure_pg_admin" }, memberships.items, roles.items, version);
}

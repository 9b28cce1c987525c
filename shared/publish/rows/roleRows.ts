import { accessInput } from "../../access/accessInput.ts";
import type { Reach } from "../../access/membershipClosure.ts";
import { administratorRole, privilegedReach } from "../../access/privilegedReach.ts";
import type { Membership } from "../../model/catalogEvidence.ts";
import type { Posture } from "../../model/posture.ts";
import type { TableRow } from "../tables.ts";
import { makeRow, type RowContext } from "./row.ts";

/** One row per role: attributes, what it is a member of, and which privileged roles and attributes it reaches. */
export function roleRows(posture: Posture, context: RowContext): readonly TableRow<"PgWardenRole_CL">[] {
  const { roles, passwordTypes } = posture.sections;
  if (roles.state === "unavailable") return [];
  const typeOf = new Map(
    passwordTypes.state === "collected" ? passwordTypes.items.map(({ role, type }) => [role, type]) : [],
  );
  const granted = grantedRoles(posture);
  const access = accessInput(posture);
  const privileged = "unavailable" in access ? undefined : privilegedReach(access);

  return roles.items.map((role) => {
    const way = privileged?.get(administratorRole)?.get(role.name);
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
      PrivilegedReach: privileged === undefined ? null : reachOf(role.name, privileged),
      Comment: role.comment,
    });
  });
}

function reachOf(role: string, privileged: ReadonlyMap<string, ReadonlyMap<string, Reach>>): Record<string, Reach> {
  const reached: Record<string, Reach> = {};
  for (const [target, ways] of privileged) {
    const way = ways.get(role);
    if (way !== undefined) reached[target] = { how: way.how, path: way.path };
  }
  return reached;
}

/** Member → the roles granted to it; undefined when memberships could not be read. */
function grantedRoles({
  sections: { memberships },
}: Posture): ReadonlyMap<string, readonly Omit<Membership, "member">[]> | undefined {
  if (memberships.state === "unavailable") return undefined;
  const granted = new Map<string, Omit<Membership, "member">[]>();
  for (const { member, ...edge } of memberships.items) {
    const known = granted.get(member);
    if (known === undefined) granted.set(member, [edge]);
    else known.push(edge);
  }
  return granted;
}

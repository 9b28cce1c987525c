import type { RoleAccess } from "../../access/accessInput.ts";
import { reachIn } from "../../access/membershipClosure.ts";
import { administratorRole } from "../../access/privilegedReach.ts";
import type { ProtectedTable } from "../../model/databaseEvidence.ts";

/**
 * Why the policies of a table do not bind what runs with a role's rights, such as a view of that owner; undefined when
 * they do. Inherited rights count, but nobody does SET ROLE inside a view.
 */
export function ownerBypass(
  { roles, graph }: RoleAccess,
  role: string,
  { owner, forced }: Pick<ProtectedTable, "owner" | "forced">,
): string | undefined {
  const known = roles.get(role);
  if (known?.superuser === true) return "is a superuser";
  if (known?.bypassRls === true) return "has BYPASSRLS";
  if (role === administratorRole || inherits(graph, role, administratorRole)) return `is ${administratorRole}`;
  if (forced) return undefined;
  return role === owner || inherits(graph, role, owner) ? "owns the table" : undefined;
}

function inherits(graph: RoleAccess["graph"], member: string, role: string): boolean {
  return reachIn(graph, { kind: "role", name: role }).get(member)?.how === "inherit";
}

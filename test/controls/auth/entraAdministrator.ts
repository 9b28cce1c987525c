import type { EntraAdministrator } from "../../../shared/model/armEvidence.ts";
import { tenantId } from "../../builders.ts";

export const groupId = "aaaaaaaa-0000-4000-8000-000000000001";
export const userId = "aaaaaaaa-0000-4000-8000-00000000000f";

/** A group of our tenant. */
export function entraAdministrator(override: Partial<EntraAdministrator> = {}): EntraAdministrator {
  return { objectId: groupId, principalName: "db-admins", principalType: "Group", tenantId, ...override };
}

import { collected } from "../../../shared/collect/section.ts";
import type { Membership } from "../../../shared/model/catalogEvidence.ts";
import { catalogContext, membership, role } from "../../builders.ts";

/**
 * An application `app_rw`, one that may become anything it is given, the administrator, a group and an owner without
 * login, and the memberships of the test.
 */
export function logins(memberships: readonly Membership[] = [], versionNum = 170010) {
  return {
    roles: collected([
      role("azuresu", { superuser: true, canLogIn: true }),
      role("azure_pg_admin"),
      role("pgadmin", { canLogIn: true, createRole: true }),
      role("app_owner"),
      role("readers"),
      role("app_rw", { canLogIn: true }),
      role("batch", { canLogIn: true }),
      role("old", { canLogIn: true, validUntil: "2020-01-01T00:00:00Z" }),
      role("pg_read_all_data"),
    ]),
    memberships: collected([membership("azure_pg_admin", "pgadmin"), ...memberships]),
    context: collected([catalogContext({ versionNum })]),
  };
}

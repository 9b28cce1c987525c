import { collected, unavailable } from "../../../shared/collect/section.ts";
import type { EntraMapping, Role } from "../../../shared/model/catalogEvidence.ts";
import type { Sections } from "../../../shared/model/section.ts";
import { role } from "../../builders.ts";

/** A name with all that may go wrong in subjects and messages. */
export const odd = 'o"d/d %2F ☃';
export const oddSubject = 'o"d%2Fd %252F ☃';

export const entraAdmin: EntraMapping = {
  objectId: "aaaaaaaa-0000-4000-8000-000000000003",
  type: "group",
  admin: true,
  mfa: false,
};

/** Names that look like the platform's to a careless eye. */
export const lookalikes = ["pgadmin_x", "pgbouncer", "azure_mine", "Azuresu", "PG_monitor"];

export const noServer = { server: unavailable("denied", "no right to read the server") };

/** Every role with the attribute, and one without it. */
export function holders(attribute: Partial<Role>, ...names: readonly string[]): Partial<Sections> {
  return { roles: collected([role("plain", { canLogIn: true }), ...names.map((name) => role(name, attribute))]) };
}

/** An Entra administrator that only ARM knows. */
export const listed = {
  entraAdministrators: collected([
    { objectId: entraAdmin.objectId, principalName: "db-admins", principalType: "Group", tenantId: null },
  ]),
};

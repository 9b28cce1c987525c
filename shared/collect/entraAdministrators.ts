import * as v from "valibot";
import { OptionalText, postgresqlApiVersion } from "./armText.ts";
import type { ArmCollector } from "./collector.ts";

/** The items of the real list have no `name`. */
const AdministratorBody = v.object({
  properties: v.object({
    objectId: v.string(),
    principalName: v.string(),
    principalType: v.string(),
    tenantId: OptionalText,
  }),
});

export const entraAdministrators: ArmCollector<"entraAdministrators"> = {
  section: "entraAdministrators",
  apiVersion: postgresqlApiVersion,
  action: "Microsoft.DBforPostgreSQL/flexibleServers/administrators/read",
  path: (server) => `${server.id}/administrators`,
  absentOn: (facts) =>
    facts.entraAuthentication === "Disabled"
      ? `Entra authentication is off on server ${facts.name}, so it has no Entra administrators.`
      : undefined,
  parse: (value) => v.parse(AdministratorBody, value).properties,
};

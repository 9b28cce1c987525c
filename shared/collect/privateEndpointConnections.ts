import * as v from "valibot";
import { postgresqlApiVersion, ResourceId } from "./armText.ts";
import type { ArmCollector } from "./collector.ts";
import { isVnetIntegrated } from "./server.ts";

const ConnectionBody = v.object({
  name: v.string(),
  properties: v.object({
    groupIds: v.nullish(v.array(v.string())),
    privateEndpoint: v.nullish(v.object({ id: v.nullish(ResourceId) })),
    privateLinkServiceConnectionState: v.object({ status: v.string() }),
  }),
});

export const privateEndpointConnections: ArmCollector<"privateEndpointConnections"> = {
  section: "privateEndpointConnections",
  apiVersion: postgresqlApiVersion,
  action: "Microsoft.DBforPostgreSQL/flexibleServers/privateEndpointConnections/read",
  path: (server) => `${server.id}/privateEndpointConnections`,
  absentOn: (facts) =>
    isVnetIntegrated(facts)
      ? `Server ${facts.name} is integrated into a virtual network, which has no private endpoints.`
      : undefined,
  parse(value) {
    const { name, properties } = v.parse(ConnectionBody, value);
    return {
      name,
      privateEndpointId: properties.privateEndpoint?.id ?? null,
      status: properties.privateLinkServiceConnectionState.status,
      groupIds: properties.groupIds ?? [],
    };
  },
};

import * as v from "valibot";
import { OptionalText, postgresqlApiVersion, ResourceId } from "./armText.ts";
import type { ArmCollector } from "./collector.ts";
import { isReadReplica } from "./server.ts";

const ReplicaBody = v.object({
  id: ResourceId,
  name: v.string(),
  location: v.string(),
  properties: v.object({ replicationRole: OptionalText }),
});

export const replicas: ArmCollector<"replicas"> = {
  section: "replicas",
  apiVersion: postgresqlApiVersion,
  action: "Microsoft.DBforPostgreSQL/flexibleServers/replicas/read",
  path: (server) => `${server.id}/replicas`,
  absentOn: (facts) =>
    isReadReplica(facts) ? `Server ${facts.name} is itself a read replica and has none of its own.` : undefined,
  parse(value) {
    const { id, name, location, properties } = v.parse(ReplicaBody, value);
    return { id, name, location, role: properties.replicationRole };
  },
};

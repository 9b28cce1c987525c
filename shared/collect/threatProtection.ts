import * as v from "valibot";
import { postgresqlApiVersion } from "./armText.ts";
import type { ArmCollector } from "./collector.ts";

const ThreatProtectionBody = v.object({ name: v.string(), properties: v.object({ state: v.string() }) });

export const threatProtection: ArmCollector<"threatProtection"> = {
  section: "threatProtection",
  apiVersion: postgresqlApiVersion,
  action: "Microsoft.DBforPostgreSQL/flexibleServers/advancedThreatProtectionSettings/read",
  path: (server) => `${server.id}/advancedThreatProtectionSettings`,
  parse(value) {
    const { name, properties } = v.parse(ThreatProtectionBody, value);
    return { name, state: properties.state };
  },
};

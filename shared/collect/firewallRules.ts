import * as v from "valibot";
import { postgresqlApiVersion } from "./armText.ts";
import type { ArmCollector } from "./collector.ts";
import { isVnetIntegrated } from "./server.ts";

const Ipv4 = v.pipe(v.string(), v.ipv4());

/** Only what is used; nothing is defaulted. */
const FirewallRuleBody = v.object({
  name: v.string(),
  properties: v.object({ startIpAddress: Ipv4, endIpAddress: Ipv4 }),
});

export const firewallRules: ArmCollector<"firewallRules"> = {
  section: "firewallRules",
  apiVersion: postgresqlApiVersion,
  action: "Microsoft.DBforPostgreSQL/flexibleServers/firewallRules/read",
  path: (server) => `${server.id}/firewallRules`,
  absentOn: (facts) =>
    isVnetIntegrated(facts)
      ? `Server ${facts.name} is integrated into a virtual network, which has no firewall rules.`
      : undefined,
  parse(value) {
    const { name, properties } = v.parse(FirewallRuleBody, value);
    return { name, first: properties.startIpAddress, last: properties.endIpAddress };
  },
};

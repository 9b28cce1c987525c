import * as v from "valibot";
import type { DelegatedNetwork, SecurityRule, ServerFacts } from "../model/armEvidence.ts";
import { OptionalText, ResourceId } from "./armText.ts";
import { readNamingRight } from "./collectArm.ts";
import { CollectError } from "./collectError.ts";
import type { ArmReader } from "./collector.ts";
import { isVnetIntegrated } from "./server.ts";

const apiVersion = "2025-05-01";
const OptionalTexts = v.nullish(v.array(v.string()));

const SubnetBody = v.object({
  id: ResourceId,
  properties: v.object({
    // One prefix or several: the service answers with either property.
    addressPrefix: OptionalText,
    addressPrefixes: OptionalTexts,
    delegations: v.nullish(v.array(v.object({ properties: v.object({ serviceName: v.string() }) }))),
    networkSecurityGroup: v.nullish(v.object({ id: ResourceId })),
  }),
});

const SecurityRuleBody = v.object({
  name: v.string(),
  properties: v.object({
    direction: v.picklist(["Inbound", "Outbound"]),
    access: v.picklist(["Allow", "Deny"]),
    priority: v.number(),
    protocol: v.string(),
    sourceAddressPrefix: OptionalText,
    sourceAddressPrefixes: OptionalTexts,
    sourceApplicationSecurityGroups: v.nullish(v.array(v.object({ id: ResourceId }))),
    destinationAddressPrefix: OptionalText,
    destinationAddressPrefixes: OptionalTexts,
    destinationPortRange: OptionalText,
    destinationPortRanges: OptionalTexts,
  }),
});

const SecurityGroupBody = v.object({
  properties: v.object({
    securityRules: v.nullish(v.array(SecurityRuleBody)),
    defaultSecurityRules: v.nullish(v.array(SecurityRuleBody)),
  }),
});

export const networkActions = {
  subnet: "Microsoft.Network/virtualNetworks/subnets/read",
  securityGroup: "Microsoft.Network/networkSecurityGroups/read",
} as const;

/** Two reads, or one when the subnet has no group. Both or nothing: half of it would say that nothing is filtered. */
export async function collectDelegatedNetwork(
  facts: ServerFacts,
  reader: ArmReader,
  signal: AbortSignal,
): Promise<DelegatedNetwork> {
  if (facts.delegatedSubnetId === null || !isVnetIntegrated(facts)) {
    throw new CollectError("absent", `Server ${facts.name} is not integrated into a virtual network.`);
  }
  const subnetRequest = { apiVersion, action: networkActions.subnet };
  const subnet = await readNamingRight(facts.delegatedSubnetId, subnetRequest, reader, signal);
  const { id, properties } = v.parse(SubnetBody, subnet);
  const securityGroupId = properties.networkSecurityGroup?.id ?? null;
  return {
    subnetId: id,
    addressPrefixes: oneOrMany(properties.addressPrefix, properties.addressPrefixes),
    delegations: (properties.delegations ?? []).map((delegation) => delegation.properties.serviceName),
    securityGroupId,
    securityRules: securityGroupId === null ? [] : await readSecurityRules(securityGroupId, reader, signal),
  };
}

async function readSecurityRules(groupId: string, reader: ArmReader, signal: AbortSignal): Promise<SecurityRule[]> {
  const request = { apiVersion, action: networkActions.securityGroup };
  return parseSecurityRules(await readNamingRight(groupId, request, reader, signal));
}

/** Own and default rules, the one that is asked first at the front. */
export function parseSecurityRules(value: unknown): SecurityRule[] {
  const { securityRules, defaultSecurityRules } = v.parse(SecurityGroupBody, value).properties;
  const rules = [...(securityRules ?? []), ...(defaultSecurityRules ?? [])].map(({ name, properties }) => ({
    name,
    direction: properties.direction,
    access: properties.access,
    priority: properties.priority,
    protocol: properties.protocol,
    sources: oneOrMany(properties.sourceAddressPrefix, properties.sourceAddressPrefixes),
    sourceApplicationSecurityGroups: (properties.sourceApplicationSecurityGroups ?? []).map(({ id }) => id),
    destinations: oneOrMany(properties.destinationAddressPrefix, properties.destinationAddressPrefixes),
    destinationPorts: oneOrMany(properties.destinationPortRange, properties.destinationPortRanges),
  }));
  return rules.sort((a, b) => a.priority - b.priority);
}

function oneOrMany(one: string | null, many: readonly string[] | null | undefined): readonly string[] {
  if (many !== null && many !== undefined && many.length > 0) return many;
  return one === null || one === "" ? [] : [one];
}

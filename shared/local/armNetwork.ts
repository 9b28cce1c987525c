import type { PrivateDnsZoneLinkBody, SecurityGroupBody, SecurityRuleBody, SubnetBody } from "./emulator/armBodies.ts";

const ETAG = 'W/"00000000-0000-0000-0000-000000000000"';
const PROVISIONED = { provisioningState: "Succeeded" };

/** The subnet of VNet-integrated servers. */
export function delegatedSubnet(id: string, addressPrefix: string, securityGroupId: string): SubnetBody {
  const serviceName = "Microsoft.DBforPostgreSQL/flexibleServers";
  return {
    name: lastSegment(id),
    id,
    etag: ETAG,
    properties: {
      ...PROVISIONED,
      addressPrefix,
      networkSecurityGroup: { id: securityGroupId },
      delegations: [
        {
          name: "flexibleServers",
          id: `${id}/delegations/flexibleServers`,
          etag: ETAG,
          properties: {
            ...PROVISIONED,
            serviceName,
            actions: ["Microsoft.Network/virtualNetworks/subnets/join/action"],
          },
          type: "Microsoft.Network/virtualNetworks/subnets/delegations",
        },
      ],
      privateEndpointNetworkPolicies: "Disabled",
      privateLinkServiceNetworkPolicies: "Enabled",
    },
    type: "Microsoft.Network/virtualNetworks/subnets",
  };
}

export interface InboundRule {
  readonly name: string;
  readonly priority: number;
  readonly access: "Allow" | "Deny";
  readonly protocol: string;
  readonly source: string;
  readonly destination: string;
  readonly port: string;
}

/** With the three inbound rules that every group has. */
export function securityGroup(
  id: string,
  location: string,
  rules: readonly InboundRule[],
  subnetIds: readonly string[],
): SecurityGroupBody {
  const any = { access: "Allow", protocol: "*", destination: "*", port: "*" } as const;
  const defaults: readonly InboundRule[] = [
    { ...any, name: "AllowVnetInBound", priority: 65000, source: "VirtualNetwork", destination: "VirtualNetwork" },
    { ...any, name: "AllowAzureLoadBalancerInBound", priority: 65001, source: "AzureLoadBalancer" },
    { ...any, name: "DenyAllInBound", priority: 65500, access: "Deny", source: "*" },
  ];
  return {
    name: lastSegment(id),
    id,
    etag: ETAG,
    type: "Microsoft.Network/networkSecurityGroups",
    location,
    properties: {
      ...PROVISIONED,
      resourceGuid: "00000000-0000-0000-0000-000000000000",
      securityRules: rules.map((rule) => securityRule(`${id}/securityRules/${rule.name}`, rule)),
      defaultSecurityRules: defaults.map((rule) => securityRule(`${id}/defaultSecurityRules/${rule.name}`, rule)),
      subnets: subnetIds.map((subnetId) => ({ id: subnetId })),
    },
  };
}

function securityRule(id: string, rule: InboundRule): SecurityRuleBody {
  return {
    name: rule.name,
    id,
    etag: ETAG,
    type: `Microsoft.Network/networkSecurityGroups/${id.includes("/default") ? "defaultSecurityRules" : "securityRules"}`,
    properties: {
      ...PROVISIONED,
      protocol: rule.protocol,
      sourcePortRange: "*",
      destinationPortRange: rule.port,
      sourceAddressPrefix: rule.source,
      destinationAddressPrefix: rule.destination,
      access: rule.access,
      priority: rule.priority,
      direction: "Inbound",
      sourcePortRanges: [],
      destinationPortRanges: [],
      sourceAddressPrefixes: [],
      destinationAddressPrefixes: [],
    },
  };
}

/** A finished link of a private DNS zone to a virtual network. */
export function privateDnsZoneLink(zoneId: string, networkId: string): PrivateDnsZoneLinkBody {
  return {
    id: `${zoneId}/virtualNetworkLinks/${lastSegment(networkId)}`,
    properties: {
      virtualNetwork: { id: networkId },
      registrationEnabled: false,
      virtualNetworkLinkState: "Completed",
      ...PROVISIONED,
    },
  };
}

function lastSegment(id: string): string {
  return id.slice(id.lastIndexOf("/") + 1);
}

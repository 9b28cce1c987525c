import type { PrivateDnsZoneLinkBody, SecurityGroupBody, SecurityRuleBody, SubnetBody } from "./armBodies.ts";

const POSTGRES_SERVICE = "Microsoft.DBforPostgreSQL/flexibleServers";

/** A subnet that is delegated to flexible servers. */
export function newSubnet(id: string, addressPrefix: string, securityGroupId: string | null): SubnetBody {
  const etag = newEtag();
  const name = lastSegment(id);
  return {
    name,
    id,
    etag,
    properties: {
      provisioningState: "Succeeded",
      addressPrefix,
      ...(securityGroupId === null ? {} : { networkSecurityGroup: { id: securityGroupId } }),
      delegations: [
        {
          name: "postgres",
          id: `${id}/delegations/postgres`,
          etag,
          properties: {
            provisioningState: "Succeeded",
            serviceName: POSTGRES_SERVICE,
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

export interface SecurityRuleInput {
  readonly name: string;
  readonly description?: string;
  readonly direction: "Inbound" | "Outbound";
  readonly access: "Allow" | "Deny";
  readonly priority: number;
  readonly protocol?: string;
  readonly source: string;
  readonly destination?: string;
  readonly destinationPort: string;
}

/** What Azure puts under the own rules of every group; nobody can change them. */
const DEFAULT_RULES: readonly SecurityRuleInput[] = [
  {
    name: "AllowVnetInBound",
    description: "Allow inbound traffic from all VMs in VNET",
    direction: "Inbound",
    access: "Allow",
    priority: 65000,
    source: "VirtualNetwork",
    destination: "VirtualNetwork",
    destinationPort: "*",
  },
  {
    name: "AllowAzureLoadBalancerInBound",
    description: "Allow inbound traffic from azure load balancer",
    direction: "Inbound",
    access: "Allow",
    priority: 65001,
    source: "AzureLoadBalancer",
    destinationPort: "*",
  },
  {
    name: "DenyAllInBound",
    description: "Deny all inbound traffic",
    direction: "Inbound",
    access: "Deny",
    priority: 65500,
    source: "*",
    destinationPort: "*",
  },
  {
    name: "AllowVnetOutBound",
    description: "Allow outbound traffic from all VMs to all VMs in VNET",
    direction: "Outbound",
    access: "Allow",
    priority: 65000,
    source: "VirtualNetwork",
    destination: "VirtualNetwork",
    destinationPort: "*",
  },
  {
    name: "AllowInternetOutBound",
    description: "Allow outbound traffic from all VMs to Internet",
    direction: "Outbound",
    access: "Allow",
    priority: 65001,
    source: "*",
    destination: "Internet",
    destinationPort: "*",
  },
  {
    name: "DenyAllOutBound",
    description: "Deny all outbound traffic",
    direction: "Outbound",
    access: "Deny",
    priority: 65500,
    source: "*",
    destinationPort: "*",
  },
];

/** A network security group with the own rules given and Azure's default ones. */
export function newSecurityGroup(id: string, rules: readonly SecurityRuleInput[]): SecurityGroupBody {
  const etag = newEtag();
  return {
    name: lastSegment(id),
    id,
    etag,
    type: "Microsoft.Network/networkSecurityGroups",
    location: "westeurope",
    properties: {
      provisioningState: "Succeeded",
      resourceGuid: crypto.randomUUID(),
      securityRules: rules.map((rule) => securityRule(id, "securityRules", etag, rule)),
      defaultSecurityRules: DEFAULT_RULES.map((rule) => securityRule(id, "defaultSecurityRules", etag, rule)),
    },
  };
}

/** A finished link of a private DNS zone to a virtual network. */
export function newPrivateDnsZoneLink(zoneId: string, name: string, networkId: string): PrivateDnsZoneLinkBody {
  return {
    id: `${zoneId}/virtualNetworkLinks/${name}`,
    properties: {
      virtualNetwork: { id: networkId },
      registrationEnabled: false,
      virtualNetworkLinkState: "Completed",
      provisioningState: "Succeeded",
    },
  };
}

function securityRule(groupId: string, kind: string, etag: string, rule: SecurityRuleInput): SecurityRuleBody {
  const { name, description, access, priority, direction } = rule;
  return {
    name,
    id: `${groupId}/${kind}/${name}`,
    etag,
    type: `Microsoft.Network/networkSecurityGroups/${kind}`,
    properties: {
      provisioningState: "Succeeded",
      ...(description === undefined ? {} : { description }),
      protocol: rule.protocol ?? "*",
      sourcePortRange: "*",
      destinationPortRange: rule.destinationPort,
      sourceAddressPrefix: rule.source,
      destinationAddressPrefix: rule.destination ?? "*",
      access,
      priority,
      direction,
      sourcePortRanges: [],
      destinationPortRanges: [],
      sourceAddressPrefixes: [],
      destinationAddressPrefixes: [],
    },
  };
}

function newEtag(): string {
  return `W/"${crypto.randomUUID()}"`;
}

function lastSegment(id: string): string {
  return id.split("/").at(-1) ?? "";
}

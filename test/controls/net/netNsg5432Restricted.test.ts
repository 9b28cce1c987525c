import { collected } from "../../../shared/collect/section.ts";
import { netNsg5432Restricted } from "../../../shared/controls/net/netNsg5432Restricted.ts";
import type { SecurityRule } from "../../../shared/model/armEvidence.ts";
import type { Sections } from "../../../shared/model/section.ts";
import { delegatedNetwork, policy, serverFacts } from "../../builders.ts";
import { testControl } from "../testControl.ts";

function rule(name: string, priority: number, override: Partial<SecurityRule> = {}): SecurityRule {
  return {
    name,
    direction: "Inbound",
    access: "Allow",
    priority,
    protocol: "Tcp",
    sources: ["*"],
    sourceApplicationSecurityGroups: [],
    destinations: ["*"],
    destinationPorts: ["5432"],
    ...override,
  };
}

function deny(name: string, priority: number, override: Partial<SecurityRule> = {}): SecurityRule {
  return rule(name, priority, { access: "Deny", protocol: "*", destinationPorts: ["*"], ...override });
}

/** What Azure adds to every group. */
const defaults: readonly SecurityRule[] = [
  rule("AllowVnetInBound", 65000, {
    protocol: "*",
    sources: ["VirtualNetwork"],
    destinations: ["VirtualNetwork"],
    destinationPorts: ["*"],
  }),
  rule("AllowAzureLoadBalancerInBound", 65001, {
    protocol: "*",
    sources: ["AzureLoadBalancer"],
    destinationPorts: ["*"],
  }),
  deny("DenyAllInBound", 65500),
];

const server = collected([serverFacts({ delegatedSubnetId: delegatedNetwork().subnetId })]);

/** Of a subnet 10.1.0.0/24, in an order that is not the priority's. */
function group(...rules: readonly SecurityRule[]): Partial<Sections> {
  return { server, delegatedNetwork: collected([delegatedNetwork({ securityRules: [...defaults, ...rules] })]) };
}

const approved = policy({ network: { approvedSources: ["10.2.0.0/16", "203.0.113.0/28", "AzureCloud.WestEurope"] } });

testControl(netNsg5432Restricted, {
  pass: [
    { name: "the default rules: the network itself and its load balancer", sections: group() },
    { name: "everything denied", sections: group(deny("none", 100)) },
    {
      name: "approved networks and tags, and the subnet itself",
      sections: group(
        rule("apps", 100, { sources: ["10.2.3.0/24", "203.0.113.4", "azurecloud.westeurope", "10.1.0.9"] }),
      ),
      policy: approved,
    },
    {
      name: "an application security group: interfaces of the network",
      sections: group(rule("apps", 100, { sources: [], sourceApplicationSecurityGroups: ["/asg/apps"] })),
    },
    {
      name: "Any, but for other ports, other protocols, the other direction or another destination",
      sections: group(
        rule("web", 100, { destinationPorts: ["443", "5000-5431", "5433-6431", "6433-65535"] }),
        rule("udp", 110, { protocol: "Udp" }),
        rule("out", 120, { direction: "Outbound" }),
        rule("elsewhere", 130, { destinations: ["10.9.0.0/24"] }),
      ),
    },
    {
      name: "Any after a Deny of everything",
      sections: group(deny("first", 100), rule("late", 200), rule("later", 300, { sources: ["Internet"] })),
    },
    {
      name: "the Internet, a service and a public network after a Deny of the Internet",
      sections: group(
        deny("first", 100, { sources: ["Internet"] }),
        rule("late", 200, { sources: ["*"] }),
        rule("tag", 210, { sources: ["Storage"] }),
        rule("site", 220, { sources: ["198.51.100.0/24"] }),
      ),
    },
    {
      name: "a network after Denies that cover it together",
      sections: group(
        deny("low", 100, { sources: ["172.16.0.0/17"] }),
        deny("high", 110, { sources: ["172.16.128.0/17"] }),
        rule("late", 200, { sources: ["172.16.0.0/16"] }),
      ),
    },
    {
      name: "Any after two halves were denied",
      sections: group(
        deny("low", 100, { sources: ["0.0.0.0/1"] }),
        deny("high", 110, { sources: ["128.0.0.0/1"] }),
        rule("late", 200),
      ),
    },
    {
      name: "a tag after a Deny of that tag, at a destination that names the whole subnet",
      sections: group(
        deny("first", 100, {
          sources: ["AzureCloud"],
          destinations: ["10.1.0.0/16"],
          destinationPorts: ["5432", "6432"],
        }),
        rule("late", 200, { sources: ["AzureCloud"] }),
      ),
    },
    {
      name: "an approved IPv6 network",
      sections: group(rule("six", 100, { sources: ["fd00:1::/64", "fd00:2::7"] })),
      policy: policy({ network: { approvedSources: ["fd00:1::/48", "fd00:2::7", "10.2.0.0/16"] } }),
    },
  ],
  fail: [
    {
      name: "Any, the Internet or all addresses, to the port, a range around it or all ports",
      sections: group(
        rule("any", 100),
        rule("internet", 110, { sources: ["Internet"], destinationPorts: ["5000-6000"] }),
        rule("zero", 120, { sources: ["0.0.0.0/0"], destinationPorts: ["*"], protocol: "*" }),
        rule("pooler", 130, { sources: ["any"], destinationPorts: ["443", "6432"] }),
        rule("six", 140, { sources: ["::/0"] }),
      ),
      subjects: ["any", "internet", "pooler", "six", "zero"].map((name) => `securityRule/${name}`),
    },
    {
      name: "the Internet although the policy lists it",
      sections: group(rule("internet", 100, { sources: ["Internet"] })),
      policy: policy({ network: { approvedSources: ["Internet", "0.0.0.0/0"] } }),
      subjects: ["securityRule/internet"],
    },
    {
      name: "a network, a tag and an IPv6 network that are not approved, beside approved ones",
      sections: group(
        rule("wide", 100, { sources: ["10.2.0.0/15"] }),
        rule("tag", 110, { sources: ["AzureCloud"] }),
        rule("six", 120, { sources: ["fd00:1::/64"] }),
        rule("fine", 130, { sources: ["10.2.9.0/24"] }),
      ),
      policy: approved,
      subjects: ["securityRule/wide", "securityRule/tag", "securityRule/six"],
    },
    {
      name: "an Allow before the Deny",
      sections: group(rule("early", 100, { sources: ["Internet"] }), deny("late", 200)),
      subjects: ["securityRule/early"],
    },
    {
      name: "a Deny for one port only",
      sections: group(
        deny("first", 100, { destinationPorts: ["5432"] }),
        rule("late", 200, { destinationPorts: ["5432", "6432"] }),
      ),
      subjects: ["securityRule/late"],
    },
    {
      name: "Denies of another protocol, of part of the subnet, of an unknown destination, of part of the sources",
      sections: group(
        deny("udp", 100, { protocol: "Udp" }),
        deny("part", 110, { destinations: ["10.1.0.0/25"] }),
        deny("tag", 120, { destinations: ["Storage"] }),
        deny("some", 130, { sources: ["10.9.0.0/17"] }),
        rule("late", 200, { sources: ["10.9.0.0/16"], destinations: ["10.1.0.0/24"] }),
      ),
      subjects: ["securityRule/late"],
    },
    {
      name: "no group at all",
      sections: { server, delegatedNetwork: collected([delegatedNetwork({ securityGroupId: null })]) },
      subjects: ["subnet/hub/db"],
    },
  ],
  notApplicable: [{ name: "a server that is not VNet-integrated", sections: { delegatedNetwork: collected([]) } }],
});

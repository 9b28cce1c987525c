import type { DelegatedNetwork } from "../../model/armEvidence.ts";
import type { Verdict } from "../../model/finding.ts";
import { defineControl, fail, pass, subjectOf } from "../control.ts";
import { effectiveRules, unapprovedSources } from "./effectiveSources.ts";
import { subnetSubject, subnetText } from "./subnetName.ts";

/** PostgreSQL and PgBouncer. */
const ports = [5432, 6432];

export const netNsg5432Restricted = defineControl({
  meta: {
    id: "net-nsg-5432-restricted",
    title: "NSG lets only approved sources reach 5432/6432",
    severity: "high",
    requires: ["delegatedNetwork"],
    appliesTo: ["delegatedSubnet"],
    frameworks: {
      proposed: {
        mcsb: ["NS-1"],
        nist80053r5: ["AC-4", "SC-7(5)"],
        pciDss401: ["1.3.1"],
        iso27001_2022: ["A.8.20", "A.8.22"],
      },
    },
    rationale:
      "The security group is the only firewall of a VNet-integrated server. What it admits by tag or by a generous prefix includes hosts that have no business with the database.",
    remediation: {
      cli: `az network nsg rule update --resource-group <group> --nsg-name <nsg> --name <rule> --source-address-prefixes <approved sources> --destination-port-ranges 5432 6432`,
      bicep: `resource rule 'Microsoft.Network/networkSecurityGroups/securityRules@2024-05-01' = {
  parent: nsg
  name: '<rule>'
  properties: {
    direction: 'Inbound'
    access: 'Allow'
    priority: 200
    protocol: 'Tcp'
    sourceAddressPrefixes: ['<approved source>']
    sourcePortRange: '*'
    destinationAddressPrefix: 'VirtualNetwork'
    destinationPortRanges: ['5432', '6432']
  }
}`,
      terraform: `resource "azurerm_network_security_rule" "this" {
  name                        = "<rule>"
  resource_group_name         = azurerm_resource_group.this.name
  network_security_group_name = azurerm_network_security_group.this.name
  direction                   = "Inbound"
  access                      = "Allow"
  priority                    = 200
  protocol                    = "Tcp"
  source_address_prefixes     = ["<approved source>"]
  source_port_range           = "*"
  destination_address_prefix  = "VirtualNetwork"
  destination_port_ranges     = ["5432", "6432"]
}`,
    },
  },

  evaluate({ delegatedNetwork }, { network: { approvedSources } }) {
    return delegatedNetwork.flatMap((network) => judge(network, approvedSources));
  },
});

function judge(network: DelegatedNetwork, approvedSources: readonly string[]): readonly Verdict[] {
  const subject = subnetSubject(network.subnetId);
  const subnet = `Subnet ${subnetText(network.subnetId)}`;
  if (network.securityGroupId === null) return [fail(subject, `${subnet} has no group that restricts its ports.`)];

  const reaching = ports.flatMap((port) => effectiveRules(network, port).map((effective) => ({ port, effective })));
  if (reaching.length === 0) return [pass(subject, `${subnet} admits nobody to ports ${ports.join(" and ")}.`)];
  const byRule = Map.groupBy(reaching, ({ effective }) => effective.rule.name);
  return [...byRule].map(([name, hits]) => {
    const reached = [...new Set(hits.map(({ port }) => port))].join(" and port ");
    const sources = new Set(hits.flatMap(({ effective }) => unapprovedSources(effective, network, approvedSources)));
    const ruleSubject = subjectOf("securityRule", name);
    if (sources.size === 0)
      return pass(ruleSubject, `Security rule ${name} admits only known sources to port ${reached}.`);
    return fail(ruleSubject, `Security rule ${name} admits ${[...sources].join(", ")} to port ${reached}.`);
  });
}

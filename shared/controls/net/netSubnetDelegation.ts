import { defineControl, verdict } from "../control.ts";
import { subnetSubject, subnetText } from "./subnetName.ts";

const service = "Microsoft.DBforPostgreSQL/flexibleServers";

export const netSubnetDelegation = defineControl({
  meta: {
    id: "net-subnet-delegation",
    title: "Subnet is delegated to flexibleServers only",
    severity: "low",
    requires: ["delegatedNetwork"],
    appliesTo: ["delegatedSubnet"],
    frameworks: {
      proposed: { mcsb: ["NS-1"], nist80053r5: ["SC-7"], pciDss401: ["1.4.4"], iso27001_2022: ["A.8.22"] },
    },
    rationale:
      "The delegation keeps other resources out of the subnet, so that its security group can speak of database servers alone.",
    remediation: {
      cli: `az network vnet subnet update --resource-group <group> --vnet-name <network> --name <subnet> --delegations ${service}`,
      bicep: `resource subnet 'Microsoft.Network/virtualNetworks/subnets@2024-05-01' = {
  parent: network
  name: '<subnet>'
  properties: { delegations: [{ name: 'postgres', properties: { serviceName: '${service}' } }] }
}`,
      terraform: `resource "azurerm_subnet" "this" {
  delegation {
    name = "postgres"
    service_delegation {
      name    = "${service}"
      actions = ["Microsoft.Network/virtualNetworks/subnets/join/action"]
    }
  }
}`,
    },
  },

  evaluate({ delegatedNetwork }) {
    return delegatedNetwork.map(({ subnetId, delegations }) => {
      const passes = delegations.length === 1 && delegations[0]?.toLowerCase() === service.toLowerCase();
      const met = delegations.length === 0 ? "nothing" : delegations.join(", ");
      const message = `Subnet ${subnetText(subnetId)} is delegated to ${met}; it must be ${service} alone.`;
      return verdict(subnetSubject(subnetId), passes, message);
    });
  },
});

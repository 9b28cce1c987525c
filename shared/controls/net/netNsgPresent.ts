import { defineControl, fail, pass } from "../control.ts";
import { subnetSubject, subnetText } from "./subnetName.ts";

export const netNsgPresent = defineControl({
  meta: {
    id: "net-nsg-present",
    title: "Delegated subnet has an NSG",
    severity: "medium",
    requires: ["delegatedNetwork"],
    appliesTo: ["delegatedSubnet"],
    frameworks: {
      published: { cisAzure: ["A5 7.11"] },
      proposed: {
        mcsb: ["NS-1"],
        nist80053r5: ["SC-7", "AC-4"],
        pciDss401: ["1.3.1", "1.4.1"],
        iso27001_2022: ["A.8.20", "A.8.22"],
      },
    },
    rationale:
      "A VNet-integrated server has no firewall of its own. Without a network security group every host that is routed to the subnet may try to log in.",
    remediation: {
      cli: `az network vnet subnet update --resource-group <group> --vnet-name <network> --name <subnet> --network-security-group <nsg>`,
      bicep: `resource subnet 'Microsoft.Network/virtualNetworks/subnets@2024-05-01' = {
  parent: network
  name: '<subnet>'
  properties: { networkSecurityGroup: { id: nsg.id } }
}`,
      terraform: `resource "azurerm_subnet_network_security_group_association" "this" {
  subnet_id                 = azurerm_subnet.this.id
  network_security_group_id = azurerm_network_security_group.this.id
}`,
    },
  },

  evaluate({ delegatedNetwork }) {
    return delegatedNetwork.map(({ subnetId, securityGroupId }) => {
      if (securityGroupId !== null)
        return pass(subnetSubject(subnetId), `Subnet ${subnetText(subnetId)} has ${securityGroupId}.`);
      return fail(subnetSubject(subnetId), `Subnet ${subnetText(subnetId)} has no network security group.`);
    });
  },
});

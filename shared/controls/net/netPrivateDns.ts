import { defineControl, fail, pass, unknownWithout } from "../control.ts";
import { isNamed } from "./networkModel.ts";

export const netPrivateDns = defineControl({
  meta: {
    id: "net-private-dns",
    title: "VNet-injected server has a linked private DNS zone",
    severity: "low",
    requires: ["server"],
    mayRead: ["privateDnsZone"],
    appliesTo: ["delegatedSubnet"],
    frameworks: {
      proposed: { mcsb: ["NS-2"], nist80053r5: ["SC-20", "SC-7"], pciDss401: ["1.4.5"], iso27001_2022: ["A.8.20"] },
    },
    rationale:
      "Without the zone, or without its link to the network, clients cannot resolve the server's name. What then gets configured are bare addresses, which no certificate matches.",
    remediation: {
      cli: `az network private-dns link vnet create --resource-group <group> --zone-name <zone> --name <link> --virtual-network <network id> --registration-enabled false`,
      bicep: `resource link 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = {
  parent: zone
  name: '<link>'
  location: 'global'
  properties: { virtualNetwork: { id: network.id }, registrationEnabled: false }
}`,
      terraform: `resource "azurerm_private_dns_zone_virtual_network_link" "this" {
  name                  = "<link>"
  resource_group_name   = azurerm_resource_group.this.name
  private_dns_zone_name = azurerm_private_dns_zone.this.name
  virtual_network_id    = azurerm_virtual_network.this.id
}`,
    },
  },

  evaluate({ server, privateDnsZone }) {
    return server.map(({ privateDnsZoneId, delegatedSubnetId }) => {
      if (!isNamed(privateDnsZoneId)) return fail("server", "The server has no private DNS zone.");
      const zone = privateDnsZone?.[0];
      if (zone === undefined) return unknownWithout("server", "privateDnsZone", "it is empty.");
      const network = networkOf(delegatedSubnetId ?? "");
      if (zone.linkedNetworkIds.some((id) => id.toLowerCase() === network))
        return pass("server", `Zone ${zone.zoneId} is linked to ${network}.`);
      return fail("server", `Zone ${zone.zoneId} has no finished link to the server's network ${network}.`);
    });
  },
});

/** The virtual network of a subnet, lower-case. */
function networkOf(subnetId: string): string {
  return subnetId.toLowerCase().replace(/\/subnets\/[^/]*$/, "");
}

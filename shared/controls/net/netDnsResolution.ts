import { defineControl, fail, pass, subjectOf } from "../control.ts";

/** ipaddr.js's names for RFC 1918 and RFC 4193. */
const privateRanges = ["private", "uniqueLocal"];

export const netDnsResolution = defineControl({
  meta: {
    id: "net-dns-resolution",
    title: "FQDN resolves to a private address only",
    severity: "medium",
    requires: ["dnsProbes"],
    appliesTo: ["privateModel"],
    frameworks: {
      proposed: { mcsb: ["NS-2"], nist80053r5: ["SC-7", "SC-20"], pciDss401: ["1.4.5"], iso27001_2022: ["A.8.20"] },
    },
    rationale:
      "A server meant to be private whose name leads to a public address sends its clients over the Internet, or into a time-out, depending on the firewall of the day.",
    remediation: {
      cli: `# Where a private endpoint is used: let its zone answer for the server's name in the client's network.
az network private-endpoint dns-zone-group create --resource-group <group> --endpoint-name <endpoint> --name default --private-dns-zone privatelink.postgres.database.azure.com --zone-name postgres
az network private-dns link vnet create --resource-group <group> --zone-name privatelink.postgres.database.azure.com --name <link> --virtual-network <network id> --registration-enabled false`,
      bicep: `resource group 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2024-05-01' = {
  parent: endpoint
  name: 'default'
  properties: { privateDnsZoneConfigs: [{ name: 'postgres', properties: { privateDnsZoneId: zone.id } }] }
}`,
      terraform: `resource "azurerm_private_endpoint" "this" {
  private_dns_zone_group {
    name                 = "default"
    private_dns_zone_ids = [azurerm_private_dns_zone.this.id]
  }
}`,
    },
  },

  evaluate({ dnsProbes }) {
    return dnsProbes.map(({ address, range }) => {
      const subject = subjectOf("address", address);
      if (privateRanges.includes(range))
        return pass(subject, `The server's name leads to the private address ${address}.`);
      return fail(subject, `The server's name leads to ${address}, which is not private (${range}).`);
    });
  },
});

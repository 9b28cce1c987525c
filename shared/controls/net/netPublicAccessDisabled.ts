import { defineControl, fail, pass } from "../control.ts";
import { isVnetIntegrated } from "./networkModel.ts";

export const netPublicAccessDisabled = defineControl({
  meta: {
    id: "net-public-access-disabled",
    title: "No public endpoint",
    severity: "high",
    requires: ["server"],
    frameworks: {
      published: {
        cisAzure: ["A2 4.3.7", "A3 5.2.5", "DB2 6.3"],
        cisPostgresql: ["5.2"],
        mcsb: ["NS-2"],
        azurePolicy: ["5e1de0e3"],
        nist80053r5: ["AC-4", "AC-6", "SC-7", "SC-7(3)"],
        pciDss401: ["1.4.4", "7.2.1"],
        iso27001_2022: ["27002 5.14", "27002 8.2"],
      },
      proposed: { pciDss401: ["1.3.1"], iso27001_2022: ["A.8.20", "A.8.3"] },
    },
    rationale:
      "A database without a public address cannot be reached by a stolen password alone; one firewall rule too many opens it again only where there is an endpoint to open.",
    remediation: {
      cli: `# Create a private endpoint first, so that applications keep their way in.
az postgres flexible-server update --resource-group <group> --name <server> --public-access Disabled`,
      bicep: `resource server 'Microsoft.DBforPostgreSQL/flexibleServers@2025-08-01' = {
  name: '<server>'
  properties: { network: { publicNetworkAccess: 'Disabled' } }
}`,
      terraform: `resource "azurerm_postgresql_flexible_server" "this" {
  public_network_access_enabled = false
}`,
    },
  },

  evaluate({ server }) {
    return server.map((facts) => {
      // A VNet-integrated server may report Enabled although it has no public endpoint.
      if (isVnetIntegrated(facts)) return pass("server", "The server is integrated into a virtual network.");
      if (facts.publicNetworkAccess === "Disabled") return pass("server", "The public endpoint is switched off.");
      // Absent is read as the service's default.
      const met = facts.publicNetworkAccess ?? "not reported, which means Enabled";
      return fail("server", `Public network access is ${met}; it must be Disabled.`);
    });
  },
});

import { defineControl, fail, pass } from "../control.ts";

export const netPrivateEndpoint = defineControl({
  meta: {
    id: "net-private-endpoint",
    title: "Private endpoint approved when not VNet-injected",
    severity: "medium",
    requires: ["privateEndpointConnections"],
    appliesTo: ["publicModel"],
    frameworks: {
      published: {
        cisAzure: ["DB2 6.4", "A3 5.4.2"],
        azurePolicy: ["5375a5bb"],
        nist80053r5: ["AC-4", "AC-17", "AC-17(1)", "SC-7", "SC-7(3)"],
        pciDss401: ["1.2.5", "2.2.4"],
      },
      proposed: { mcsb: ["NS-2"], iso27001_2022: ["A.8.20", "A.8.22"] },
    },
    rationale:
      "A private endpoint gives applications a way in that needs no public address and no firewall rule; without one the public endpoint cannot be switched off.",
    remediation: {
      cli: `az network private-endpoint create --resource-group <group> --name <endpoint> --vnet-name <network> --subnet <subnet> --private-connection-resource-id <server id> --group-id postgresqlServer --connection-name <connection>`,
      bicep: `resource endpoint 'Microsoft.Network/privateEndpoints@2024-05-01' = {
  name: '<endpoint>'
  location: location
  properties: {
    subnet: { id: subnet.id }
    privateLinkServiceConnections: [
      { name: '<connection>', properties: { privateLinkServiceId: server.id, groupIds: ['postgresqlServer'] } }
    ]
  }
}`,
      terraform: `resource "azurerm_private_endpoint" "this" {
  name                = "<endpoint>"
  location            = azurerm_resource_group.this.location
  resource_group_name = azurerm_resource_group.this.name
  subnet_id           = azurerm_subnet.this.id

  private_service_connection {
    name                           = "<connection>"
    private_connection_resource_id = azurerm_postgresql_flexible_server.this.id
    subresource_names              = ["postgresqlServer"]
    is_manual_connection           = false
  }
}`,
    },
  },

  evaluate({ privateEndpointConnections }) {
    const approved = privateEndpointConnections.filter(({ status }) => status === "Approved");
    if (approved.length > 0)
      return [pass("server", `Approved private endpoints: ${approved.map(({ name }) => name).join(", ")}.`)];
    const others = privateEndpointConnections.map(({ name, status }) => `${name} is ${status}`);
    const met = others.length === 0 ? "there is no connection at all" : others.join(", ");
    return [fail("server", `No private endpoint is Approved: ${met}.`)];
  },
});

import type { Remediation } from "../../model/finding.ts";

/** How a group becomes the Entra administrator of a server. */
export const entraAdministratorRemediation: Remediation = {
  cli: `az postgres flexible-server microsoft-entra-admin create -g <group> -s <server> --display-name <group name> --object-id <object id> --type Group`,
  bicep: `resource administrator 'Microsoft.DBforPostgreSQL/flexibleServers/administrators@2025-08-01' = {
  parent: server
  name: '<object id>'
  properties: { principalName: '<group name>', principalType: 'Group', tenantId: '<tenant>' }
}`,
  terraform: `resource "azurerm_postgresql_flexible_server_active_directory_administrator" "this" {
  server_name         = azurerm_postgresql_flexible_server.this.name
  resource_group_name = azurerm_postgresql_flexible_server.this.resource_group_name
  tenant_id           = "<tenant>"
  object_id           = "<object id>"
  principal_name      = "<group name>"
  principal_type      = "Group"
}`,
};

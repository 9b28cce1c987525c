import type { Remediation } from "../../model/finding.ts";

/** How both authentication switches of a server are set; `az` leaves alone what it is not told. */
export function authConfigRemediation(option: string, entra: boolean, password: boolean): Remediation {
  return {
    cli: `az postgres flexible-server update -g <group> -n <server> ${option}`,
    bicep: `resource server 'Microsoft.DBforPostgreSQL/flexibleServers@2025-08-01' = {
  // the properties that it has already
  properties: {
    authConfig: {
      activeDirectoryAuth: '${state(entra)}'
      passwordAuth: '${state(password)}'
      tenantId: '<tenant>'
    }
  }
}`,
    terraform: `resource "azurerm_postgresql_flexible_server" "this" {
  # the arguments that it has already
  authentication {
    active_directory_auth_enabled = ${String(entra)}
    password_auth_enabled         = ${String(password)}
    tenant_id                     = "<tenant>"
  }
}`,
  };
}

function state(isOn: boolean): string {
  return isOn ? "Enabled" : "Disabled";
}

import type { FirewallRule } from "../../model/armEvidence.ts";
import type { Remediation } from "../../model/finding.ts";
import { subjectOf } from "../control.ts";
import type { AddressRange } from "./firewallRange.ts";
import { rangeOf } from "./firewallRange.ts";

/** 0.0.0.0 to 0.0.0.0 is no address: it stands for every service in Azure, of any customer (azure.md §1). */
export function isAzureServicesRule({ first, last }: FirewallRule): boolean {
  return rangeOf({ first, last })?.last === 0;
}

/** The addresses that the rules name; the Azure-services rule and ranges that run backwards name none. */
export function admittedRanges(rules: readonly FirewallRule[]): readonly AddressRange[] {
  return rules
    .filter((rule) => !isAzureServicesRule(rule))
    .map(rangeOf)
    .filter((range) => range !== undefined);
}

export function ruleSubject({ name }: FirewallRule): string {
  return subjectOf("firewallRule", name);
}

/** `office (203.0.113.0 to 203.0.113.15)`. */
export function ruleName({ name, first, last }: FirewallRule): string {
  return `${name} (${first === last ? first : `${first} to ${last}`})`;
}

/** The same at the beginning of a sentence. */
export function ruleText(rule: FirewallRule): string {
  return `Rule ${ruleName(rule)}`;
}

// Azure CLI 2.87 took over `--server-name`/`--name` (Azure/azure-cli pull request 33343).
const cliVersion = "# Azure CLI 2.87 or later; before, the options are --name <server> --rule-name <rule>.";

export const deleteRule: Remediation = {
  cli: `${cliVersion}
az postgres flexible-server firewall-rule delete --resource-group <group> --server-name <server> --name <rule> --yes`,
  bicep: `// Remove the resource 'Microsoft.DBforPostgreSQL/flexibleServers/firewallRules' named <rule>. An incremental deployment
// does not delete it: run the command as well.`,
  terraform: `# Remove the resource "azurerm_postgresql_flexible_server_firewall_rule" of <rule> and apply.`,
};

export const narrowRule: Remediation = {
  cli: `${cliVersion}
az postgres flexible-server firewall-rule update --resource-group <group> --server-name <server> --name <rule> --start-ip-address <first> --end-ip-address <last>`,
  bicep: `resource rule 'Microsoft.DBforPostgreSQL/flexibleServers/firewallRules@2025-08-01' = {
  parent: server
  name: '<rule>'
  properties: { startIpAddress: '<first>', endIpAddress: '<last>' }
}`,
  terraform: `resource "azurerm_postgresql_flexible_server_firewall_rule" "this" {
  name             = "<rule>"
  server_id        = azurerm_postgresql_flexible_server.this.id
  start_ip_address = "<first>"
  end_ip_address   = "<last>"
}`,
};

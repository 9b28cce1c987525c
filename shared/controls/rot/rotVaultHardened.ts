import type { KeyVault } from "../../model/credentialEvidence.ts";
import { defineControl, subjectOf, verdict } from "../control.ts";

/** Groups of log categories that hold the vault's audit events. */
const auditing: ReadonlySet<string> = new Set(["auditevent", "group:audit", "group:alllogs"]);

export const rotVaultHardened = defineControl({
  meta: {
    id: "rot-vault-hardened",
    title: "Vaults of credentials are closed, recoverable and logged",
    severity: "high",
    requires: ["vaults"],
    frameworks: {
      published: {
        cisAzure: ["A3 3.3.5", "A3 3.3.6", "A3 3.3.7", "A3 6.1.4", "A5 8.3.5", "A5 8.3.6", "A5 8.3.8"],
      },
      proposed: {
        mcsb: ["DP-8"],
        nist80053r5: ["SC-12", "AC-3", "AU-12"],
        pciDss401: ["3.6.1", "8.6.2"],
        iso27001_2022: ["A.8.24"],
      },
    },
    rationale:
      "Whoever reads the vault is every application at once. Access policies let a contributor of the vault give itself its secrets, without purge protection a deleted secret is gone, a public address lets a stolen token work from anywhere, and without its log nobody knows who read what.",
    remediation: {
      cli: `az keyvault update -n <vault> --enable-rbac-authorization true --enable-purge-protection true
az keyvault update -n <vault> --public-network-access Disabled
az monitor diagnostic-settings create -n audit --resource <vault id> --workspace <workspace id> --logs '[{"categoryGroup":"audit","enabled":true}]'`,
      bicep: `resource vault 'Microsoft.KeyVault/vaults@2024-11-01' = {
  properties: {
    enableRbacAuthorization: true
    enablePurgeProtection: true
    publicNetworkAccess: 'Disabled'
  }
}`,
      terraform: `resource "azurerm_key_vault" "this" {
  rbac_authorization_enabled    = true
  purge_protection_enabled      = true
  public_network_access_enabled = false
}`,
    },
  },

  evaluate({ vaults }) {
    return vaults.map((vault) => {
      const faults = [
        vault.rbacAuthorization === true ? [] : ["it uses access policies instead of RBAC"],
        vault.purgeProtection === true ? [] : ["it has no purge protection"],
        isClosed(vault) ? [] : ["it is open to every network"],
        isLogged(vault) ? [] : ["its audit events go nowhere"],
      ].flat();
      const found = faults.length === 0 ? "is closed, recoverable and logged" : `is not hardened: ${faults.join(", ")}`;
      return verdict(subjectOf("vault", vault.uri), faults.length === 0, `Vault ${vault.uri} ${found}.`);
    });
  },
});

/** What the body does not say is the service's default: open. */
function isClosed({ publicNetworkAccess, defaultAction }: KeyVault): boolean {
  const access = publicNetworkAccess?.toLowerCase();
  return access === "disabled" || access === "securedbyperimeter" || defaultAction?.toLowerCase() === "deny";
}

function isLogged({ diagnosticSettings }: KeyVault): boolean {
  return diagnosticSettings.some(
    ({ workspaceId, storageAccountId, eventHubName, categories }) =>
      [workspaceId, storageAccountId, eventHubName].some((destination) => destination !== null) &&
      categories.some(({ category, enabled }) => enabled && auditing.has(category.toLowerCase())),
  );
}

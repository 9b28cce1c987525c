import type { Fleet } from "../fleet.ts";
import type { KeyVaultState } from "./azureState.ts";

/**
 * The vault of a fleet's credentials, as pgwarden's own templates make it: RBAC, purge protection, no public address.
 * Nothing is sent to a workspace.
 *
 * @param url where its secrets are, without a slash at the end
 */
export function newKeyVault(
  { tenantId, subscriptions }: Pick<Fleet, "tenantId" | "subscriptions">,
  url: string,
): KeyVaultState {
  const subscription = subscriptions[0]?.subscriptionId ?? "";
  const type = "Microsoft.KeyVault/vaults";
  const name = "pgwarden-secrets";
  return {
    body: {
      id: `/subscriptions/${subscription}/resourceGroups/pgwarden/providers/${type}/${name}`,
      name,
      type,
      location: "westeurope",
      tags: {},
      properties: {
        sku: { family: "A", name: "standard" },
        tenantId,
        accessPolicies: [],
        enabledForDeployment: false,
        enableSoftDelete: true,
        softDeleteRetentionInDays: 90,
        enableRbacAuthorization: true,
        enablePurgeProtection: true,
        publicNetworkAccess: "Disabled",
        vaultUri: `${url}/`,
        provisioningState: "Succeeded",
      },
    },
    diagnosticSettings: [],
  };
}

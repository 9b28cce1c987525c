import type { TokenCredential } from "@azure/core-auth";
import {
  AzureCliCredential,
  AzureDeveloperCliCredential,
  AzurePowerShellCredential,
  ChainedTokenCredential,
  EnvironmentCredential,
  ManagedIdentityCredential,
} from "@azure/identity";
import type { Environment } from "../model/config.ts";

/**
 * The identity that pgwarden acts with. One kind per place: a fall-back from the managed identity to whoever is signed
 * in would scan with other rights than the deployed ones, and hide that the identity is broken.
 */
export function credential(environment: Pick<Environment, "identity" | "managedIdentityClientId">): TokenCredential {
  const { identity, managedIdentityClientId } = environment;
  if (identity === "managed") {
    return managedIdentityClientId === null
      ? new ManagedIdentityCredential()
      : new ManagedIdentityCredential({ clientId: managedIdentityClientId });
  }
  return new ChainedTokenCredential(
    new EnvironmentCredential(),
    new AzureCliCredential(),
    new AzureDeveloperCliCredential(),
    new AzurePowerShellCredential(),
  );
}

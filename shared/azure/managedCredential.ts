import type { TokenCredential } from "@azure/core-auth";
import { ManagedIdentityCredential } from "@azure/identity";
import type { Environment } from "../model/config.ts";

export type IdentityFacts = Pick<Environment, "identity" | "managedIdentityClientId">;

/**
 * The identity of the deployed app: the platform's, and no other. A fall-back to whoever is signed in would scan with
 * other rights and hide that the identity is broken.
 */
export function managedCredential({ identity, managedIdentityClientId }: IdentityFacts): TokenCredential {
  if (identity !== "managed")
    throw new Error("IDENTITY_ENDPOINT is not set: this app signs in with a managed identity, and there is none here.");
  return managedIdentityClientId === null
    ? new ManagedIdentityCredential()
    : new ManagedIdentityCredential({ clientId: managedIdentityClientId });
}

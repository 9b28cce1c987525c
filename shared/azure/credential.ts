import type { TokenCredential } from "@azure/core-auth";
import {
  AzureCliCredential,
  AzureDeveloperCliCredential,
  AzurePowerShellCredential,
  ChainedTokenCredential,
  EnvironmentCredential,
} from "@azure/identity";
import { type IdentityFacts, managedCredential } from "./managedCredential.ts";

/**
 * The identity that a command acts with: the managed one where there is one, otherwise whoever signed in on this
 * machine. The deployed app uses `managedCredential` and does not carry the others.
 */
export function credential(environment: IdentityFacts): TokenCredential {
  if (environment.identity === "managed") return managedCredential(environment);
  return new ChainedTokenCredential(
    new EnvironmentCredential(),
    new AzureCliCredential(),
    new AzureDeveloperCliCredential(),
    new AzurePowerShellCredential(),
  );
}

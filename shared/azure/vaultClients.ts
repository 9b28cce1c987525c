import type { TokenCredential } from "@azure/core-auth";
import { SecretClient } from "@azure/keyvault-secrets";
import { requestRetryPolicy } from "./requestRetry.ts";
import type { CallTrace } from "./tracedCalls.ts";

/** Known in every cloud; fixed, so that an update of the package cannot change what is sent. */
const serviceVersion = "7.6";

/** In all some two seconds: a step that takes longer is left to the next tick, which looks at the world again. */
const retries = { maxRetries: 2, firstDelayMs: 250, longestWaitMs: 2_000 };

/** @returns the client of a vault, one per vault for good: it keeps its token and its connections */
export function vaultClients(credential: TokenCredential, trace: CallTrace): (vault: string) => SecretClient {
  const clients = new Map<string, SecretClient>();
  return (vault) => {
    const known = clients.get(vault);
    if (known !== undefined) return known;
    const client = new SecretClient(vault, credential, {
      serviceVersion,
      userAgentOptions: { userAgentPrefix: "pgwarden" },
      // Replaced: it does not repeat a 429 without Retry-After, and would wait an hour if it were told to.
      retryOptions: { maxRetries: 0 },
      redirectOptions: { maxRetries: 0 },
      additionalPolicies: [
        { policy: requestRetryPolicy(retries), position: "perCall" },
        { policy: trace.policy, position: "perRetry" },
      ],
      disableChallengeResourceVerification: isLocal(vault),
    });
    clients.set(vault, client);
    return client;
  };
}

/**
 * A vault at this address is the local Azure's: its challenge names the domain of real vaults, which the client would
 * refuse. Everywhere else the client makes sure that a token goes to a vault of the domain that it is for.
 */
function isLocal(vault: string): boolean {
  return new URL(vault).hostname === "127.0.0.1";
}

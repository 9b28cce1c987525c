import { PostgreSQLManagementFlexibleServerClient } from "@azure/arm-postgresql-flexible";
import type { AccessToken, TokenCredential } from "@azure/core-auth";
import * as v from "valibot";
import type { LocalAzure } from "./startLocalAzure.ts";

const TokenBody = v.object({ access_token: v.string(), expires_on: v.string() });

/**
 * The real ARM client, as somebody who deploys would use it.
 *
 * @param clientId the identity that acts; the fleet's last one unless given
 */
export function armClient(
  { fleet, emulator, ca }: Pick<LocalAzure, "fleet" | "emulator" | "ca">,
  clientId: string | undefined = fleet.identities.at(-1)?.clientId,
): PostgreSQLManagementFlexibleServerClient {
  const subscriptionId = fleet.subscriptions[0]?.subscriptionId ?? "";
  const credential: TokenCredential = { getToken: () => managedIdentityToken(emulator, clientId ?? "") };
  const options = {
    endpoint: emulator.url,
    credentialScopes: "https://management.azure.com/.default",
    tlsOptions: { ca },
  };
  return new PostgreSQLManagementFlexibleServerClient(credential, subscriptionId, options);
}

/** Without @azure/identity: it reads the process's environment, and ours may be another one. */
async function managedIdentityToken(
  { identityEndpoint, identityHeader }: Pick<LocalAzure["emulator"], "identityEndpoint" | "identityHeader">,
  clientId: string,
): Promise<AccessToken> {
  const query = new URLSearchParams({
    "api-version": "2019-08-01",
    resource: "https://management.azure.com",
    client_id: clientId,
  });
  const response = await fetch(`${identityEndpoint}?${query.toString()}`, {
    headers: { "x-identity-header": identityHeader },
  });
  if (!response.ok) throw new Error(`The local identity endpoint answered with ${response.status}.`);
  const body = v.parse(TokenBody, await response.json());
  return { token: body.access_token, expiresOnTimestamp: Number(body.expires_on) * 1000 };
}

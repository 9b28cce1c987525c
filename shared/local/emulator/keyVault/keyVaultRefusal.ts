import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { VaultAction } from "../azureState.ts";

/** An answer in Key Vault's error shape that ends the request when thrown. */
export class KeyVaultRefusal extends HTTPException {
  constructor(
    status: ContentfulStatusCode,
    code: string,
    message: string,
    { inner, headers = {} }: { inner?: string; headers?: Readonly<Record<string, string>> } = {},
  ) {
    const innererror = inner === undefined ? {} : { innererror: { code: inner } };
    super(status, { message, res: Response.json({ error: { code, message, ...innererror } }, { status, headers }) });
  }
}

export function badParameter(message: string): KeyVaultRefusal {
  return new KeyVaultRefusal(400, "BadParameter", message);
}

export function secretNotFound(id: string): KeyVaultRefusal {
  const message = `A secret with (name/id) ${id} was not found in this key vault. If you recently deleted this secret you may be able to recover it using the correct recovery command. For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125182`;
  return new KeyVaultRefusal(404, "SecretNotFound", message);
}

export function deletedSecretNotFound(name: string): KeyVaultRefusal {
  return new KeyVaultRefusal(404, "SecretNotFound", `Deleted Secret not found: ${name}`);
}

/** In the words in which a vault whose region failed was seen to refuse (MSEndpointMgr/CloudLAPS#70). */
export function readOnlyVault(action: VaultAction): KeyVaultRefusal {
  const operation = action === "setSecret" ? "SecretSet" : `Secret${action.charAt(0).toUpperCase()}${action.slice(1)}`;
  const message = `Operation "${operation}" is unavailable: the service is currently in a read-only state.`;
  return new KeyVaultRefusal(503, "ServiceUnavailable", message);
}

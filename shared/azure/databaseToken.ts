import type { TokenCredential } from "@azure/core-auth";
import { SecretValue } from "../model/secretValue.ts";
import { azureFault } from "./azureFault.ts";

const scope = "https://ossrdbms-aad.database.windows.net/.default";

/** The token that is the password of an Entra role. Cached by the identity library until shortly before it ends. */
export function databaseToken(credential: TokenCredential): (signal?: AbortSignal) => Promise<SecretValue> {
  return async function token(signal?: AbortSignal): Promise<SecretValue> {
    signal?.throwIfAborted();
    try {
      const answer = await credential.getToken(scope, signal === undefined ? {} : { abortSignal: signal });
      if (answer !== null) return new SecretValue(answer.token);
    } catch (error) {
      signal?.throwIfAborted();
      throw new Error("The identity got no token for PostgreSQL.", { cause: azureFault(error) });
    }
    throw new Error("The identity got no token for PostgreSQL.");
  };
}

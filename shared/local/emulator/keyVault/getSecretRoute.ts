import type { VaultState } from "../azureState.ts";
import { type EmulatorApp, type EmulatorContext, newApp, sentSegment } from "../emulatorContext.ts";
import { keyVaultGate } from "./keyVaultGate.ts";
import { KeyVaultRefusal, secretNotFound } from "./keyVaultRefusal.ts";
import { isRecovering, secretBody, secretName, secretVersion } from "./secretBodies.ts";

/**
 * GET /secrets/{name} and /secrets/{name}/{version}. Without a version it is the newest one, enabled or not: a disabled
 * one does not fall back to the one before. `nbf` and `exp` are informational and refuse nothing.
 */
export function getSecretRoute(context: EmulatorContext): EmulatorApp {
  const { vault } = context.state;
  const routes = newApp();
  routes.on("GET", ["/secrets/:name", "/secrets/:name/:version"], keyVaultGate(context, "getSecret"), (c) => {
    const name = secretName(sentSegment(c, 1));
    if (isRecovering(context, name)) throw secretNotFound(name);
    const { secret, version } = secretVersion(vault, name, wantedVersion(vault, name, c.req.param("version")));
    if (!version.enabled) {
      const message = "Operation get is not allowed on a disabled secret.";
      throw new KeyVaultRefusal(403, "Forbidden", message, { inner: "SecretDisabled" });
    }
    return c.json(secretBody(c, secret, version));
  });
  return routes;
}

/** Without a version it may be another replica that answers, which has not seen the newest one yet. */
function wantedVersion(vault: VaultState, name: string, sent: string | undefined): string | undefined {
  if (sent !== undefined) return sent;
  const key = name.toLowerCase();
  const left = vault.staleReads.get(key) ?? 0;
  if (left === 0) return undefined;
  vault.staleReads.set(key, left - 1);
  return vault.secrets.get(key)?.versions.at(-2)?.version;
}

import { type EmulatorApp, type EmulatorContext, newApp, sentSegment } from "../emulatorContext.ts";
import { keyVaultGate } from "./keyVaultGate.ts";
import { KeyVaultRefusal } from "./keyVaultRefusal.ts";
import { secretBody, secretName, secretVersion } from "./secretBodies.ts";

/**
 * GET /secrets/{name} and /secrets/{name}/{version}. Without a version it is the newest one, enabled or not: a disabled
 * one does not fall back to the one before. `nbf` and `exp` are informational and refuse nothing.
 */
export function getSecretRoute(context: EmulatorContext): EmulatorApp {
  const { vault } = context.state;
  const routes = newApp();
  routes.on("GET", ["/secrets/:name", "/secrets/:name/:version"], keyVaultGate(context), (c) => {
    const name = secretName(sentSegment(c, 1));
    const { secret, version } = secretVersion(vault, name, c.req.param("version"));
    if (!version.enabled) {
      const message = "Operation get is not allowed on a disabled secret.";
      throw new KeyVaultRefusal(403, "Forbidden", message, { inner: "SecretDisabled" });
    }
    return c.json(secretBody(c, secret, version));
  });
  return routes;
}

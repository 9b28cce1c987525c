import type { Context } from "hono";
import type { KeyVaultState } from "../azureState.ts";
import { type EmulatorApp, type EmulatorContext, type EmulatorEnv, newApp, sentSegment } from "../emulatorContext.ts";
import { armGate } from "./armGate.ts";
import { API_VERSIONS, ARM_PATHS } from "./armPaths.ts";
import { resourceNotFound } from "./armRefusal.ts";

/** GET a vault and its diagnostic settings: how it is protected, and nothing of its secrets. */
export function keyVaultResourceRoutes(context: EmulatorContext): EmulatorApp {
  const routes = newApp();

  function vaultOf(c: Context<EmulatorEnv>): KeyVaultState {
    const [, , subscription, , group, , , , name = ""] = c.req.path.toLowerCase().split("/");
    const found = context.state.keyVaults.find(({ body }) => {
      const parts = body.id.toLowerCase().split("/");
      return parts[2] === subscription && parts[4] === group && parts[8] === name;
    });
    if (found !== undefined) return found;
    throw resourceNotFound("Microsoft.KeyVault/vaults", sentSegment(c, 7), sentSegment(c, 3));
  }

  routes.get(ARM_PATHS.keyVault, armGate(context, API_VERSIONS.keyVault), (c) => c.json(vaultOf(c).body));
  routes.get(ARM_PATHS.keyVaultDiagnosticSettings, armGate(context, API_VERSIONS.insights), (c) =>
    c.json({ value: vaultOf(c).diagnosticSettings }),
  );
  return routes;
}

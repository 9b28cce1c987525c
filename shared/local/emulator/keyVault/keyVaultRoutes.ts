import { type EmulatorApp, type EmulatorContext, newApp } from "../emulatorContext.ts";
import { deleteSecretRoutes } from "./deleteSecretRoutes.ts";
import { getSecretRoute } from "./getSecretRoute.ts";
import { keyVaultGate } from "./keyVaultGate.ts";
import { KeyVaultRefusal } from "./keyVaultRefusal.ts";
import { listSecretsRoute } from "./listSecretsRoute.ts";
import { setSecretRoute } from "./setSecretRoute.ts";
import { updateSecretRoute } from "./updateSecretRoute.ts";

/** The secrets of one vault. */
export function keyVaultRoutes(context: EmulatorContext): EmulatorApp {
  const routes = newApp();
  // The lists first: `/secrets/{name}/versions` would also read as a version.
  for (const part of [listSecretsRoute, setSecretRoute, getSecretRoute, updateSecretRoute, deleteSecretRoutes]) {
    routes.route("/", part(context));
  }
  const rest = ["/secrets", "/secrets/*", "/deletedsecrets", "/deletedsecrets/*"];
  routes.on(["GET", "PUT", "POST", "PATCH", "DELETE", "HEAD", "OPTIONS"], rest, keyVaultGate(context, null), (c) => {
    throw new KeyVaultRefusal(405, "MethodNotAllowed", `${c.req.method} is not supported on ${c.req.path}.`);
  });
  return routes;
}

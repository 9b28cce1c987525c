import { type EmulatorApp, type EmulatorContext, newApp } from "../emulatorContext.ts";
import { RESOURCES_PATH } from "../resourceGraph/resourcesRoute.ts";
import { administratorRoutes } from "./administratorRoutes.ts";
import { armClaims } from "./armGate.ts";
import { ARM_PATHS } from "./armPaths.ts";
import { ArmRefusal } from "./armRefusal.ts";
import { configurationRoutes } from "./configurationRoutes.ts";
import { diagnosticSettingsRoute } from "./diagnosticSettingsRoute.ts";
import { firewallRuleRoutes } from "./firewallRuleRoutes.ts";
import { getServerRoute } from "./getServerRoute.ts";
import { keyVaultResourceRoutes } from "./keyVaultResourceRoutes.ts";
import { listServersRoute } from "./listServersRoute.ts";
import { networkRoutes } from "./networkRoutes.ts";
import { operationRoutes } from "./operationRoutes.ts";
import { patchServerRoute } from "./patchServerRoute.ts";
import { powerRoutes } from "./powerRoutes.ts";
import { serverChildRoutes } from "./serverChildRoutes.ts";
import { subscriptionRoutes } from "./subscriptionRoutes.ts";

/** Azure Resource Manager, with the refusals of what it does not know at the end. */
export function armRoutes(context: EmulatorContext): EmulatorApp {
  const routes = newApp();
  for (const part of [
    subscriptionRoutes,
    listServersRoute,
    getServerRoute,
    patchServerRoute,
    powerRoutes,
    firewallRuleRoutes,
    configurationRoutes,
    administratorRoutes,
    serverChildRoutes,
    diagnosticSettingsRoute,
    networkRoutes,
    keyVaultResourceRoutes,
    operationRoutes,
  ]) {
    routes.route("/", part(context));
  }

  for (const path of [...Object.values(ARM_PATHS), RESOURCES_PATH]) {
    routes.all(path, (c) => {
      armClaims(context, c);
      const message = `The HTTP method '${c.req.method}' is not supported for the resource '${c.req.path}'.`;
      throw new ArmRefusal(405, { code: "MethodNotAllowed", message });
    });
  }
  routes.all("*", (c) => {
    armClaims(context, c);
    const message = `The resource type of '${c.req.path}' could not be found.`;
    throw new ArmRefusal(404, { code: "InvalidResourceType", message });
  });
  return routes;
}

import { type EmulatorApp, type EmulatorContext, newApp } from "../emulatorContext.ts";
import { armGate } from "./armGate.ts";
import { API_VERSIONS, ARM_PATHS } from "./armPaths.ts";
import { serverOf } from "./serverOf.ts";

/** GET one server. */
export function getServerRoute(context: EmulatorContext): EmulatorApp {
  const routes = newApp();
  routes.get(ARM_PATHS.server, armGate(context, API_VERSIONS.postgres), (c) =>
    c.json(serverOf(context, c).server.body),
  );
  return routes;
}

import { type EmulatorApp, type EmulatorContext, newApp } from "../emulatorContext.ts";
import { armGate } from "./armGate.ts";
import { API_VERSIONS, ARM_PATHS } from "./armPaths.ts";
import { serverOf } from "./serverOf.ts";

/** GET the diagnostic settings of a server; this list has no pages. */
export function diagnosticSettingsRoute(context: EmulatorContext): EmulatorApp {
  const routes = newApp();
  routes.get(ARM_PATHS.diagnosticSettings, armGate(context, API_VERSIONS.insights), (c) =>
    c.json({ value: serverOf(context, c).server.diagnosticSettings }),
  );
  return routes;
}

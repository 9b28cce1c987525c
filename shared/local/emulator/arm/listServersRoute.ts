import { type EmulatorApp, type EmulatorContext, newApp } from "../emulatorContext.ts";
import { armGate } from "./armGate.ts";
import { API_VERSIONS, ARM_PATHS } from "./armPaths.ts";
import { page } from "./page.ts";
import { requireGroup } from "./serverOf.ts";

/** GET the servers of a subscription, or of one of its resource groups. */
export function listServersRoute(context: EmulatorContext): EmulatorApp {
  const { servers } = context.state;
  const gate = armGate(context, API_VERSIONS.postgres);

  function below(scope: string): unknown[] {
    return [...servers].filter(([id]) => id.startsWith(scope)).map(([, { body }]) => body);
  }

  const routes = newApp();
  routes.get(ARM_PATHS.serversBySubscription, gate, (c) =>
    c.json(page(context, c, below(`/subscriptions/${c.req.param("subscription")}/`))),
  );
  routes.get(ARM_PATHS.serversByGroup, gate, (c) => {
    requireGroup(servers.keys(), c);
    const { subscription, group } = c.req.param();
    return c.json(page(context, c, below(`/subscriptions/${subscription}/resourcegroups/${group}/`)));
  });
  return routes;
}

import type { SubscriptionState } from "../azureState.ts";
import { type EmulatorApp, type EmulatorContext, newApp } from "../emulatorContext.ts";
import { armGate } from "./armGate.ts";
import { API_VERSIONS, ARM_PATHS } from "./armPaths.ts";
import { page } from "./page.ts";

/** GET the subscriptions that can be seen, and one of them. */
export function subscriptionRoutes(context: EmulatorContext): EmulatorApp {
  const { state } = context;
  const gate = armGate(context, API_VERSIONS.subscriptions);

  function body({ subscriptionId, displayName }: SubscriptionState): object {
    return {
      id: `/subscriptions/${subscriptionId}`,
      authorizationSource: "RoleBased",
      managedByTenants: [],
      subscriptionId,
      tenantId: state.tenantId,
      displayName,
      state: "Enabled",
      subscriptionPolicies: {
        locationPlacementId: "Public_2014-09-01",
        quotaId: "PayAsYouGo_2014-09-01",
        spendingLimit: "Off",
      },
    };
  }

  const routes = newApp();
  routes.get(ARM_PATHS.subscriptions, gate, (c) => c.json(page(context, c, state.subscriptions.map(body))));
  routes.get(ARM_PATHS.subscription, gate, (c) => {
    const wanted = c.req.param("subscription");
    const found = state.subscriptions.filter(({ subscriptionId }) => subscriptionId.toLowerCase() === wanted);
    return c.json(found.map(body)[0]);
  });
  return routes;
}

import type { Context } from "hono";
import { type EmulatorApp, type EmulatorContext, type EmulatorEnv, newApp, sentSegment } from "../emulatorContext.ts";
import { armGate } from "./armGate.ts";
import { API_VERSIONS, ARM_PATHS } from "./armPaths.ts";
import { resourceNotFound } from "./armRefusal.ts";

/** GET a subnet and GET a network security group: what private access is judged by. */
export function networkRoutes(context: EmulatorContext): EmulatorApp {
  const { network } = context.state;
  const gate = armGate(context, API_VERSIONS.network);
  const routes = newApp();

  routes.get(ARM_PATHS.subnet, gate, (c) => {
    const subnet = withId(network.subnets, c);
    if (subnet !== undefined) return c.json(subnet);
    const name = `${sentSegment(c, 7)}/subnets/${sentSegment(c, -1)}`;
    throw resourceNotFound("Microsoft.Network/virtualNetworks", name, sentSegment(c, 3));
  });

  routes.get(ARM_PATHS.securityGroup, gate, (c) => {
    const group = withId(network.securityGroups, c);
    if (group !== undefined) return c.json(group);
    throw resourceNotFound("Microsoft.Network/networkSecurityGroups", sentSegment(c, -1), sentSegment(c, 3));
  });
  return routes;
}

function withId<T extends { readonly id: string }>(items: readonly T[], c: Context<EmulatorEnv>): T | undefined {
  const id = c.req.path.toLowerCase();
  return items.find((item) => item.id.toLowerCase() === id);
}

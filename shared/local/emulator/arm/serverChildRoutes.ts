import type { Context } from "hono";
import type { ServerState } from "../azureState.ts";
import { type EmulatorApp, type EmulatorContext, type EmulatorEnv, newApp, sentSegment } from "../emulatorContext.ts";
import { armGate } from "./armGate.ts";
import { API_VERSIONS, ARM_PATHS } from "./armPaths.ts";
import { childNotFound } from "./armRefusal.ts";
import { page } from "./page.ts";
import { named, SERVER_TYPE, serverOf } from "./serverOf.ts";

interface Child {
  readonly type: string;
  readonly list: string;
  /** Absent where the service has no GET of one. */
  readonly one?: string;
  readonly of: (server: ServerState) => readonly { readonly name: string }[];
}

/** What is below a server and only read: one family, one table. */
const CHILDREN: readonly Child[] = [
  {
    type: "privateEndpointConnections",
    list: ARM_PATHS.privateEndpointConnections,
    one: ARM_PATHS.privateEndpointConnection,
    of: ({ privateEndpointConnections }) => privateEndpointConnections,
  },
  {
    type: "advancedThreatProtectionSettings",
    list: ARM_PATHS.threatProtection,
    one: ARM_PATHS.threatProtectionSetting,
    of: ({ threatProtection }) => threatProtection,
  },
  { type: "backups", list: ARM_PATHS.backups, one: ARM_PATHS.backup, of: ({ backups }) => backups },
  { type: "replicas", list: ARM_PATHS.replicas, of: ({ replicas }) => replicas },
];

export function serverChildRoutes(context: EmulatorContext): EmulatorApp {
  const gate = armGate(context, API_VERSIONS.postgres);
  const routes = newApp();
  for (const { type, list, one, of } of CHILDREN) {
    routes.get(list, gate, (c) => c.json(page(context, c, of(serverOf(context, c).server))));
    if (one !== undefined) {
      routes.get(one, gate, (c: Context<EmulatorEnv>) => {
        const child = named(of(serverOf(context, c).server), c.req.param("name"));
        if (child === undefined) throw childNotFound(`${SERVER_TYPE}/${type}`, sentSegment(c, -1));
        return c.json(child);
      });
    }
  }
  return routes;
}

import type { Context } from "hono";
import type { ServerState } from "../azureState.ts";
import { type EmulatorContext, type EmulatorEnv, sentSegment } from "../emulatorContext.ts";
import { ArmRefusal, resourceNotFound } from "./armRefusal.ts";

export const SERVER_TYPE = "Microsoft.DBforPostgreSQL/flexibleServers";

export interface AddressedServer {
  /** Lower case. */
  readonly id: string;
  readonly server: ServerState;
}

/** The server that a path below `flexibleServers/{name}` names. */
export function serverOf({ state }: EmulatorContext, c: Context<EmulatorEnv>): AddressedServer {
  const id = c.req.path.split("/").slice(0, 9).join("/");
  const server = state.servers.get(id);
  if (server !== undefined) return { id, server };
  requireGroup(state.servers.keys(), c);
  throw resourceNotFound(SERVER_TYPE, sentSegment(c, 7), sentSegment(c, 3));
}

/** A resource group exists as long as something is in it. */
export function requireGroup(ids: Iterable<string>, c: Context<EmulatorEnv>): void {
  const prefix = c.req.path.split("/").slice(0, 5).join("/");
  for (const id of ids) if (id.startsWith(`${prefix}/`)) return;
  const message = `Resource group '${sentSegment(c, 3)}' could not be found.`;
  throw new ArmRefusal(404, { code: "ResourceGroupNotFound", message });
}

/** Without case, as ARM compares names. */
export function named<T extends { readonly name: string }>(
  items: readonly T[],
  name: string | undefined,
): T | undefined {
  return items.find((item) => item.name.toLowerCase() === name?.toLowerCase());
}

import type { HttpBindings } from "@hono/node-server";
import { type Context, Hono } from "hono";
import type { Operations } from "./arm/operations.ts";
import type { AzureState } from "./azureState.ts";
import type { ManagedPostgres } from "./managedPostgres.ts";
import type { RateLimits } from "./rateLimits.ts";
import type { TokenIssuer } from "./tokenIssuer.ts";

/** What every route works on. */
export interface EmulatorContext {
  readonly state: AzureState;
  readonly postgres: ManagedPostgres;
  readonly now: () => Date;
  readonly tokens: TokenIssuer;
  readonly operations: Operations;
  readonly rateLimits: RateLimits;
}

export interface EmulatorEnv {
  Bindings: HttpBindings;
}

export type EmulatorApp = Hono<EmulatorEnv>;

/** Routes match as Azure does: without case, without a trailing slash, with doubled slashes taken as one. */
export function newApp(): EmulatorApp {
  return new Hono<EmulatorEnv>({ getPath: normalPath });
}

function normalPath(request: Request): string {
  const path = new URL(request.url).pathname.toLowerCase().replace(/\/{2,}/g, "/");
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
}

/** The segment of the path as it was sent, which the normal path has lost; negative indexes count from the end. */
export function sentSegment(c: Context<EmulatorEnv>, index: number): string {
  const segments = new URL(c.req.url).pathname.split("/").filter((segment) => segment !== "");
  const segment = segments.at(index);
  if (segment === undefined) throw new Error(`The path ${c.req.path} has no segment ${index}.`);
  return decodeURIComponent(segment);
}

/** `https://host:port` as the client wrote it: what absolute links in answers start with. */
export function originOf(c: Context<EmulatorEnv>): string {
  return new URL(c.req.url).origin;
}

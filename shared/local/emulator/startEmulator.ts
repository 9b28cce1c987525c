import { randomBytes } from "node:crypto";
import type { Server } from "node:http";
import { createServer as createHttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { getRequestListener } from "@hono/node-server";
import { HTTPException } from "hono/http-exception";
import type { StatusCode } from "hono/utils/http-status";
import { armRoutes } from "./arm/armRoutes.ts";
import { operations } from "./arm/operations.ts";
import type { AzureState } from "./azureState.ts";
import { type EmulatorApp, type EmulatorContext, newApp } from "./emulatorContext.ts";
import { faultMiddleware } from "./faultMiddleware.ts";
import type { Faults } from "./faults.ts";
import { tokenRoute } from "./identity/tokenRoute.ts";
import { keyVaultRoutes } from "./keyVault/keyVaultRoutes.ts";
import { ingestRoute } from "./logsIngestion/ingestRoute.ts";
import type { ManagedPostgres } from "./managedPostgres.ts";
import { rateLimits } from "./rateLimits.ts";
import { queryRoute } from "./logAnalytics/queryRoute.ts";
import type { RequestRecord } from "./requestRecord.ts";
import { resourcesRoute } from "./resourceGraph/resourcesRoute.ts";
import { tokenIssuer } from "./tokenIssuer.ts";

export interface EmulatorOptions {
  readonly state: AzureState;
  readonly postgres: ManagedPostgres;
  /** PEM texts; the certificate must name 127.0.0.1. */
  readonly certificate: { readonly cert: string; readonly key: string };
  readonly now?: () => Date;
}

/** Managed identity, ARM, Resource Graph, Key Vault, Logs Ingestion and Log Analytics on loopback. */
export interface Emulator {
  /** Endpoint of everything but the identity: `https://127.0.0.1:PORT`. */
  readonly url: string;
  /** For `IDENTITY_ENDPOINT`: plain http. */
  readonly identityEndpoint: string;
  /** For `IDENTITY_HEADER`; a secret. */
  readonly identityHeader: string;
  readonly faults: Faults;
  /** In the order of the answers; never holds a body, a query or a token. */
  readonly requests: RequestRecord[];
  close(): Promise<void>;
}

export async function startEmulator({ state, postgres, certificate, now }: EmulatorOptions): Promise<Emulator> {
  const clock = now ?? (() => new Date());
  const context: EmulatorContext = {
    state,
    postgres,
    now: clock,
    tokens: tokenIssuer(state, clock),
    operations: operations(state, clock),
    rateLimits: rateLimits(clock),
  };
  const identityHeader = randomBytes(16).toString("hex");
  const requests: RequestRecord[] = [];
  const { faults, handle } = faultMiddleware(requests, clock);

  const azure = newApp();
  azure.use(handle);
  azure.route("/", resourcesRoute(context));
  azure.route("/", keyVaultRoutes(context));
  azure.route("/", ingestRoute(context));
  azure.route("/", queryRoute(context));
  azure.route("/", armRoutes(context));
  const identity = newApp();
  identity.use(handle);
  identity.route("/", tokenRoute(context, identityHeader));
  identity.notFound((c) => c.json({ statusCode: 404, message: "The resource was not found." }, 404));

  const servers = [
    await listen(createHttpsServer(certificate, listener(azure))),
    await listen(createHttpServer(listener(identity))),
  ] as const;
  return {
    url: `https://127.0.0.1:${portOf(servers[0])}`,
    identityEndpoint: `http://127.0.0.1:${portOf(servers[1])}/msi/token`,
    identityHeader,
    faults,
    requests,
    async close() {
      await context.operations.settle();
      await Promise.all(servers.map(stop));
    },
  };
}

function listener(app: EmulatorApp): (...args: Parameters<ReturnType<typeof getRequestListener>>) => void {
  app.onError((error, c) => {
    if (error instanceof HTTPException) {
      const { body, status, headers } = error.getResponse();
      return c.newResponse(body, { status: status as StatusCode, headers }); // keeps the headers set so far; hono's own status
    }
    // A bug of the emulator: seen by whoever runs it, without the request's content.
    process.emitWarning(`The emulator failed on ${c.req.method} ${c.req.path}: ${error.stack ?? error.message}`);
    return c.json({ error: { code: "InternalServerError", message: "The emulator failed." } }, 500);
  });
  const handleRequest = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  return (incoming, outgoing) => {
    void handleRequest(incoming, outgoing);
  };
}

function listen<S extends Server>(server: S): Promise<S> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      resolve(server);
    });
  });
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The emulator has no port.");
  return address.port;
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
}

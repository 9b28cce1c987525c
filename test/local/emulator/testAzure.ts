import { PostgreSQLManagementFlexibleServerClient } from "@azure/arm-postgresql-flexible";
import type { TokenCredential } from "@azure/core-auth";
import { createDefaultHttpClient, createHttpHeaders, createPipelineRequest } from "@azure/core-rest-pipeline";
import { SecretClient } from "@azure/keyvault-secrets";
import { LogsIngestionClient } from "@azure/monitor-ingestion";
import { makeCertificates } from "../../../shared/local/certificates.ts";
import type { AzureState, IdentityState } from "../../../shared/local/emulator/azureState.ts";
import { newAzureState } from "../../../shared/local/emulator/newAzureState.ts";
import { newServerState } from "../../../shared/local/emulator/newServerState.ts";
import { type Emulator, startEmulator } from "../../../shared/local/emulator/startEmulator.ts";
import { type FakeManagedPostgres, fakeManagedPostgres } from "./fakeManagedPostgres.ts";

export const SUBSCRIPTION = "11111111-2222-3333-4444-555555555555";
export const TENANT = "99999999-8888-7777-6666-555555555555";
export const ARM = "https://management.azure.com";
export const VAULT = "https://vault.azure.net";
export const MONITOR = "https://monitor.azure.com";

export const scanner: IdentityState = {
  clientId: "aaaaaaaa-0000-0000-0000-000000000001",
  objectId: "aaaaaaaa-0000-0000-0000-000000000002",
  name: "pgwarden-scanner",
};

export interface SendOptions {
  /** Audience of the token; absent: no token. */
  readonly audience?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON unless it is text or bytes. */
  readonly body?: unknown;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed; undefined when empty. */
  readonly body: unknown;
}

export interface TestAzure {
  readonly state: AzureState;
  readonly postgres: FakeManagedPostgres;
  readonly emulator: Emulator;
  readonly ca: string;
  readonly clock: { now: Date };
  /** Of the one identity. */
  readonly credential: TokenCredential;
  readonly arm: PostgreSQLManagementFlexibleServerClient;
  readonly vault: SecretClient;
  readonly logs: LogsIngestionClient;
  token(audience: string): Promise<string>;
  /** One request without any retry; a path, or an absolute URL of the emulator. */
  send(method: string, path: string, options?: SendOptions): Promise<Answer>;
  close(): Promise<void>;
}

let certificates: ReturnType<typeof makeCertificates> | undefined;

/** The emulator with one server `orders` in group `shop`, one identity and one stream. */
export async function startTestAzure(): Promise<TestAzure> {
  certificates ??= makeCertificates([]);
  const { ca, cert, key } = await certificates;
  const state = newAzureState({
    tenantId: TENANT,
    subscriptions: [{ subscriptionId: SUBSCRIPTION, displayName: "shop", managementGroups: ["corp"] }],
    servers: [
      newServerState({
        subscriptionId: SUBSCRIPTION,
        resourceGroup: "Shop",
        name: "orders",
        version: "17",
        administratorLogin: "pgadmin",
        tenantId: TENANT,
        firewallRules: [{ name: "office", first: "203.0.113.0", last: "203.0.113.15" }],
      }),
    ],
    identities: [scanner],
    streams: {
      "Custom-Test_CL": { TimeGenerated: "datetime", Name: "string", Count: "int", Ratio: "real", Detail: "dynamic" },
    },
  });
  const postgres = fakeManagedPostgres();
  const clock = { now: new Date() };
  const emulator = await startEmulator({ state, postgres, certificate: { cert, key }, now: () => clock.now });
  const http = createDefaultHttpClient();

  async function send(method: string, path: string, options: SendOptions = {}): Promise<Answer> {
    const { audience, headers, body } = options;
    const plain = body === undefined || typeof body === "string" || body instanceof Uint8Array;
    const request = createPipelineRequest({
      url: path.startsWith("http") ? path : `${emulator.url}${path}`,
      method: method as "GET", // the client passes any method on
      headers: createHttpHeaders({
        ...(audience === undefined ? {} : { authorization: `Bearer ${await token(audience)}` }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      }),
      body: plain ? (body ?? null) : JSON.stringify(body),
      allowInsecureConnection: true,
    });
    request.tlsSettings = { ca }; // the constructor would drop it
    const response = await http.sendRequest(request);
    const text = response.bodyAsText ?? "";
    return {
      status: response.status,
      headers: response.headers.toJSON(),
      body: text === "" ? undefined : JSON.parse(text),
    };
  }

  async function token(audience: string): Promise<string> {
    const query = `api-version=2019-08-01&resource=${encodeURIComponent(audience)}&client_id=${scanner.clientId}`;
    const { body } = await send("GET", `${emulator.identityEndpoint}?${query}`, {
      headers: { "x-identity-header": emulator.identityHeader },
    });
    return (body as { access_token: string }).access_token; // the shape is tested in tokenRoute.test.ts
  }

  function credential(): TokenCredential {
    return {
      async getToken(scopes) {
        const audience = String(scopes).replace(/\/\.default$/, "");
        return { token: await token(audience), expiresOnTimestamp: Date.now() + 3_600_000 };
      },
    };
  }

  const options = { tlsOptions: { ca }, retryOptions: { maxRetries: 0 } };
  return {
    state,
    postgres,
    emulator,
    ca,
    clock,
    credential: credential(),
    arm: new PostgreSQLManagementFlexibleServerClient(credential(), SUBSCRIPTION, {
      ...options,
      endpoint: emulator.url,
      credentialScopes: `${ARM}/.default`,
    }),
    vault: new SecretClient(emulator.url, credential(), { ...options, disableChallengeResourceVerification: true }),
    logs: new LogsIngestionClient(emulator.url, credential(), options),
    token,
    send,
    close: () => emulator.close(),
  };
}

/** The payload of a JWT. */
export function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as Record<string, unknown>;
}

/** The one server of the test state. */
export function orders({ state }: TestAzure): NonNullable<ReturnType<AzureState["servers"]["get"]>> {
  const [server] = state.servers.values();
  if (server === undefined) throw new Error("The test state has no server.");
  return server;
}

/** Path of the one server, as the product would write it. */
export function ordersPath(azure: TestAzure, below = "", apiVersion = "2025-08-01"): string {
  return `${orders(azure).body.id}${below}?api-version=${apiVersion}`;
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** What a promise rejected with. */
export async function rejection(promise: Promise<unknown>): Promise<Record<string, unknown>> {
  try {
    await promise;
  } catch (error) {
    return error as Record<string, unknown>; // whatever the SDK throws
  }
  throw new Error("Nothing was rejected.");
}

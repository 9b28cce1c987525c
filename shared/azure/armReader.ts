import type { TokenCredential } from "@azure/core-auth";
import {
  bearerTokenAuthenticationPolicy,
  createDefaultHttpClient,
  createHttpHeaders,
  createPipelineFromOptions,
  createPipelineRequest,
  defaultRetryPolicy,
  type PipelineResponse,
} from "@azure/core-rest-pipeline";
import pLimit from "p-limit";
import { CollectError } from "../collect/collectError.ts";
import type { ArmReader } from "../collect/collector.ts";
import { requestFault, statusFault } from "./armFault.ts";
import { requestRetryPolicy } from "./requestRetry.ts";

/** The token's audience, whatever the endpoint: an emulator or a proxy has none of its own. */
const armScope = "https://management.azure.com/.default";

/** ARM refills 25 reads a second per subscription; more at a time only meets 429 (azure.md §2). */
const concurrencyPerSubscription = 8;

export interface ArmRequest {
  readonly method: "GET" | "POST";
  readonly url: URL;
  /** Sent as JSON. */
  readonly body?: unknown;
}

export interface ArmAnswer {
  readonly body: unknown;
  header(name: string): string | undefined;
}

/** Authenticated, limited and repeated requests to Azure Resource Manager. */
export interface ArmClient {
  /** @throws CollectError unless the answer is a success with a JSON body */
  send(request: ArmRequest, signal: AbortSignal): Promise<ArmAnswer>;
}

export interface ArmClientOptions {
  /** Of the tokens; another service that answers as Azure Resource Manager does has its own. */
  readonly scopes?: string;
  /** Called for each request that goes out, repeated ones too. */
  readonly onRequest?: () => void;
  readonly maxRetries?: number;
  readonly firstDelayMs?: number;
  /** Of one try. */
  readonly timeoutMs?: number;
}

/** @param endpoint `https://management.azure.com`, or another cloud's or the local Azure's */
export function armClient(
  endpoint: string,
  credential: TokenCredential,
  { scopes = armScope, onRequest, maxRetries = 4, firstDelayMs = 800, timeoutMs = 30_000 }: ArmClientOptions = {},
): ArmClient {
  // A redirect would take the token's request elsewhere; ARM sends none.
  const pipeline = createPipelineFromOptions({
    redirectOptions: { maxRetries: 0 },
    userAgentOptions: { userAgentPrefix: "pgwarden" },
  });
  pipeline.removePolicy({ name: defaultRetryPolicy().name });
  pipeline.addPolicy(requestRetryPolicy({ maxRetries, firstDelayMs, longestWaitMs: 60_000 }), { phase: "Retry" });
  pipeline.addPolicy(bearerTokenAuthenticationPolicy({ credential, scopes }), { phase: "Sign" });
  pipeline.addPolicy(
    {
      name: "requestCount",
      sendRequest(request, next) {
        onRequest?.();
        return next(request);
      },
    },
    { afterPhase: "Sign" },
  );
  const http = createDefaultHttpClient();
  const limits = new Map<string, ReturnType<typeof pLimit>>();
  const { origin } = new URL(endpoint);

  return {
    async send({ method, url, body }, signal) {
      const what = `${method} ${url.pathname}`;
      if (url.origin !== origin) {
        throw new CollectError("shape", `The answer of ${origin} leads to ${url.origin}, which is not followed.`);
      }
      const request = createPipelineRequest({
        method,
        url: url.href,
        timeout: timeoutMs,
        abortSignal: signal,
        ...(body !== undefined && {
          body: JSON.stringify(body),
          headers: createHttpHeaders({ "content-type": "application/json" }),
        }),
      });
      const response = await limitOf(
        limits,
        url,
      )(async () => {
        try {
          signal.throwIfAborted();
          return await pipeline.sendRequest(http, request);
        } catch (error) {
          throw requestFault(error, what, signal);
        }
      });
      return answerOf(response, what);
    },
  };
}

/** Raw bodies of Azure Resource Manager. */
export function armReader(client: ArmClient, endpoint: string): ArmReader {
  return {
    async read(pathOrNextLink, apiVersion, signal) {
      const url = urlOf(pathOrNextLink, endpoint, apiVersion);
      return (await client.send({ method: "GET", url }, signal)).body;
    },
  };
}

/** A `nextLink` is an absolute address that brings its own query; the client refuses one that leads elsewhere. */
function urlOf(pathOrNextLink: string, endpoint: string, apiVersion: string): URL {
  if (!pathOrNextLink.startsWith("/")) {
    if (URL.canParse(pathOrNextLink)) return new URL(pathOrNextLink);
    throw new CollectError("shape", "The answer names a next page that is no address.");
  }
  const url = new URL(endpoint);
  url.pathname = pathOrNextLink;
  url.searchParams.set("api-version", apiVersion);
  return url;
}

function limitOf(limits: Map<string, ReturnType<typeof pLimit>>, { pathname }: URL): ReturnType<typeof pLimit> {
  const subscription = /^\/+subscriptions\/([^/]+)/i.exec(pathname)?.[1]?.toLowerCase() ?? "";
  const known = limits.get(subscription);
  if (known !== undefined) return known;
  const limit = pLimit(concurrencyPerSubscription);
  limits.set(subscription, limit);
  return limit;
}

function answerOf({ status, bodyAsText, headers }: PipelineResponse, what: string): ArmAnswer {
  if (status !== 200) throw statusFault(status, what, headers.get("x-ms-request-id"));
  try {
    return { body: JSON.parse(bodyAsText ?? "") as unknown, header: (name) => headers.get(name) };
  } catch {
    throw new CollectError("shape", `${what} was answered with something other than JSON.`);
  }
}

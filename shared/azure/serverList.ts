import { PostgreSQLManagementFlexibleServerClient } from "@azure/arm-postgresql-flexible";
import type { TokenCredential } from "@azure/core-auth";
import type { PipelinePolicy } from "@azure/core-rest-pipeline";
import * as v from "valibot";
import { CollectError } from "../collect/collectError.ts";
import type { ServerList } from "../inventory/discoverServers.ts";
import { requestFault, statusFault } from "./armFault.ts";
import { azureFault } from "./azureFault.ts";

/** The token's audience, whatever the endpoint. */
const credentialScopes = "https://management.azure.com/.default";

/** Some 1,000 servers a page; a list that does not end is no list. */
const maxPages = 100;

const Page = v.object({ value: v.array(v.unknown()) });

/** `servers.listBySubscription` of the management client; the raw bodies, because its models invent values. */
export function serverList(endpoint: string, credential: TokenCredential): ServerList {
  return {
    async list(subscriptionId, signal) {
      const what = `GET the flexible servers of subscription ${subscriptionId}`;
      const client = new PostgreSQLManagementFlexibleServerClient(credential, subscriptionId, {
        endpoint,
        credentialScopes,
        userAgentOptions: { userAgentPrefix: "pgwarden" },
        retryOptions: { maxRetries: 4 },
      });
      client.pipeline.addPolicy(sameOrigin(endpoint), { afterPhase: "Sign" });
      const rows: unknown[] = [];
      function onResponse({ bodyAsText, status }: { bodyAsText?: string | null; status: number }): void {
        if (status === 200) rows.push(...pageOf(bodyAsText ?? "", what));
      }
      try {
        let pages = 0;
        for await (const page of client.servers.listBySubscription({ abortSignal: signal, onResponse }).byPage()) {
          pages += page.length >= 0 ? 1 : 0;
          if (pages > maxPages) throw new CollectError("shape", `${what} did not end after ${maxPages} pages.`);
        }
        return rows;
      } catch (error) {
        throw faultOf(error, what, signal);
      }
    },
  };
}

function pageOf(body: string, what: string): readonly unknown[] {
  const page = v.safeParse(v.pipe(v.string(), v.parseJson(), Page), body);
  if (page.success) return page.output.value;
  throw new CollectError("shape", `${what} gave a page that is not understood.`);
}

function faultOf(error: unknown, what: string, signal: AbortSignal): unknown {
  if (error instanceof CollectError) return error;
  const { statusCode, requestId } = azureFault(error);
  if (statusCode === undefined || signal.aborted) return requestFault(error, what, signal);
  return statusFault(statusCode, what, requestId);
}

/** The client follows a `nextLink` wherever it leads, with the token. */
function sameOrigin(endpoint: string): PipelinePolicy {
  const { origin } = new URL(endpoint);
  return {
    name: "sameOrigin",
    sendRequest(request, next) {
      const { host, origin: target } = new URL(request.url);
      if (target !== origin) throw new CollectError("shape", `The list of servers leads to another host, ${host}.`);
      return next(request);
    },
  };
}

import {
  PostgreSQLManagementFlexibleServerClient,
  type PostgreSQLManagementFlexibleServerClientOptionalParams,
} from "@azure/arm-postgresql-flexible";
import type { TokenCredential } from "@azure/core-auth";
import type { PipelinePolicy } from "@azure/core-rest-pipeline";
import * as v from "valibot";
import { CollectError } from "../collect/collectError.ts";
import type { ArmReader } from "../collect/collector.ts";
import type { ServerAdministration } from "../rotate/ports.ts";
import { RotationError } from "../rotate/rotationError.ts";
import { operationIdOf, operationPath } from "./armOperation.ts";
import { readFault, submitFault } from "./serverFault.ts";
import { callTrace } from "./tracedCalls.ts";

const apiVersion = "2025-08-01";

/** The token's audience, whatever the endpoint. */
const credentialScopes = "https://management.azure.com/.default";

/** The raw body: the SDK's models invent values and drop unknown properties. */
const ServerBody = v.object({
  properties: v.object({
    state: v.string(),
    administratorLogin: v.string(),
    replicationRole: v.string(),
    authConfig: v.object({ passwordAuth: v.string() }),
  }),
});

const OperationBody = v.object({ status: v.string() });

export interface ServerAdministrationOptions {
  /** `https://management.azure.com`, or another cloud's or the local Azure's. */
  readonly endpoint: string;
  /** Reads for the same identity. */
  readonly reader: ArmReader;
  readonly timeoutMs?: number;
}

/**
 * The administrator's password through Azure Resource Manager. The PATCH is sent once and its outcome is not waited for:
 * a second try of one whose answer was lost would meet "busy" and hide that the first one took effect. GET never tells
 * the password, and success does not prove that it changed (rotation.md, "Silent no-op"): only a login does.
 */
export function serverAdministration(
  credential: TokenCredential,
  { endpoint, reader, timeoutMs = 30_000 }: ServerAdministrationOptions,
): ServerAdministration {
  const trace = callTrace();
  const clients = new Map<string, PostgreSQLManagementFlexibleServerClient>();

  function clientOf(subscriptionId: string): PostgreSQLManagementFlexibleServerClient {
    const known = clients.get(subscriptionId);
    if (known !== undefined) return known;
    const options: PostgreSQLManagementFlexibleServerClientOptionalParams = {
      endpoint,
      credentialScopes,
      apiVersion,
      userAgentOptions: { userAgentPrefix: "pgwarden" },
      retryOptions: { maxRetries: 0 },
      redirectOptions: { maxRetries: 0 },
    };
    const client = new PostgreSQLManagementFlexibleServerClient(credential, subscriptionId, options);
    client.pipeline.addPolicy(patchOnly, { afterPhase: "Sign" });
    client.pipeline.addPolicy(trace.policy, { afterPhase: "Sign" });
    clients.set(subscriptionId, client);
    return client;
  }

  async function read<T>(path: string, serverId: string, parse: (body: unknown) => T, signal: AbortSignal): Promise<T> {
    try {
      return parse(await reader.read(path, apiVersion, signal));
    } catch (error) {
      throw readFault(error, nameOf(serverId));
    }
  }

  return {
    read: (serverId, signal) => read(serverId, serverId, (body) => serverOf(body, serverId), signal),

    async submitPassword(serverId, password, signal) {
      const { subscriptionId, resourceGroup, name } = partsOf(serverId);
      const call = trace.begin(signal);
      let operation: string | null = null;
      try {
        signal.throwIfAborted();
        await clientOf(subscriptionId).servers.beginUpdate(
          resourceGroup,
          name,
          { administratorLoginPassword: password.reveal() },
          {
            abortSignal: call.signal,
            requestOptions: { timeout: timeoutMs },
            onResponse({ headers }) {
              operation = operationIdOf(headers.get("azure-asyncoperation"), endpoint);
            },
          },
        );
      } catch (error) {
        // Accepted; what failed is the client's wish to wait for the end.
        if (!call.isDone) throw submitFault(error, { server: name, isUnsure: call.isUnsure }, signal);
      }
      return operation;
    },

    async operation(serverId, operation, signal) {
      const path = operationPath(partsOf(serverId).subscriptionId, operation);
      if (path === undefined) return "forgotten";
      try {
        const { status } = v.parse(OperationBody, await reader.read(path, apiVersion, signal));
        if (status === "Succeeded") return "succeeded";
        return status === "Failed" || status === "Canceled" ? "failed" : "running";
      } catch (error) {
        if (error instanceof CollectError && error.reason === "absent") return "forgotten";
        throw readFault(error, nameOf(serverId));
      }
    },
  };
}

/** The client would ask after the operation before it lets go of it: one effect at a time, and that is another one. */
const patchOnly: PipelinePolicy = {
  name: "patchOnly",
  sendRequest(request, next) {
    if (request.method === "PATCH") return next(request);
    throw new Error("The client sends nothing but the change.");
  },
};

function serverOf(body: unknown, serverId: string) {
  const parsed = v.safeParse(ServerBody, body);
  if (!parsed.success) {
    const path = v.getDotPath(parsed.issues[0]) ?? "body";
    const message = `Server ${nameOf(serverId)} was read, and ${path} is not what was expected.`;
    throw new RotationError(message, { code: "ARM_REFUSED", effect: "none" });
  }
  const { state, administratorLogin, replicationRole, authConfig } = parsed.output.properties;
  const passwordAuthentication = authConfig.passwordAuth.toLowerCase() === "enabled";
  return { state, administratorLogin, replicationRole, passwordAuthentication };
}

interface ServerParts {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly name: string;
}

/** `/subscriptions/{s}/resourceGroups/{g}/providers/Microsoft.DBforPostgreSQL/flexibleServers/{name}` */
function partsOf(serverId: string): ServerParts {
  const [, , subscriptionId = "", , resourceGroup = "", , , , name = ""] = serverId.split("/");
  return { subscriptionId, resourceGroup, name };
}

function nameOf(serverId: string): string {
  return partsOf(serverId).name;
}

import { randomUUID } from "node:crypto";
import type { Context } from "hono";
import type { AzureState } from "../azureState.ts";
import { type EmulatorEnv, originOf } from "../emulatorContext.ts";
import { API_VERSIONS } from "./armPaths.ts";
import { type ArmError, ArmRefusal } from "./armRefusal.ts";

export interface Operation {
  readonly id: string;
  readonly startTime: string;
  status: "InProgress" | "Succeeded" | "Failed";
  error: ArmError | null;
  /** Times that a poll may still be told `InProgress`. */
  pollsLeft: number;
  /** What `operationresults` gives at the end; undefined for 204. */
  readonly result: () => unknown;
}

export interface Work {
  /** Lower case; a server does one thing at a time. */
  readonly serverId: string;
  readonly effect: () => Promise<void>;
  readonly result?: () => unknown;
}

export interface Operations {
  /**
   * Begins the work and answers 202 with the links to poll.
   *
   * @throws ArmRefusal 409 while the server is busy with another operation
   */
  accept(c: Context<EmulatorEnv>, location: string, work: Work): Response;
  get(id: string): Operation | undefined;
  /** Resolves when no work is under way. */
  settle(): Promise<void>;
}

export function operations(state: AzureState, now: () => Date): Operations {
  const known = new Map<string, Operation>();
  const busy = new Map<string, Promise<void>>();

  return {
    accept(c, location, { serverId, effect, result }) {
      if (busy.has(serverId)) {
        const message = `Cannot complete operation while server '${serverId.split("/").at(-1) ?? ""}' is busy processing another operation. Try again later.`;
        throw new ArmRefusal(409, { code: "ServerIsBusy", message });
      }
      const operation: Operation = {
        id: randomUUID(),
        startTime: now().toISOString(),
        status: "InProgress",
        error: null,
        pollsLeft: state.behaviour.pollsUntilDone,
        result: result ?? (() => undefined),
      };
      known.set(operation.id, operation);
      const failure = state.behaviour.operationFailure;
      const work = run(
        operation,
        failure === null ? effect : () => Promise.reject(new ArmRefusal(400, failure)),
      ).finally(() => {
        busy.delete(serverId);
      });
      busy.set(serverId, work);
      const subscription = serverId.split("/")[2] ?? "";
      const base = `${originOf(c)}/subscriptions/${subscription}/providers/Microsoft.DBforPostgreSQL/locations/${location}`;
      if (!state.behaviour.namesOperation) return c.body(null, 202);
      c.header(
        "azure-asyncoperation",
        `${base}/azureAsyncOperation/${operation.id}?api-version=${API_VERSIONS.postgres}`,
      );
      c.header("location", `${base}/operationResults/${operation.id}?api-version=${API_VERSIONS.postgres}`);
      const wait = state.behaviour.operationRetryAfterSeconds;
      if (wait !== null) c.header("retry-after", String(wait));
      return c.body(null, 202);
    },

    get: (id) => known.get(id),

    async settle() {
      await Promise.all(busy.values());
    },
  };
}

async function run(operation: Operation, effect: () => Promise<void>): Promise<void> {
  try {
    await effect();
    operation.status = "Succeeded";
  } catch (error) {
    operation.status = "Failed";
    const message = "An unexpected error occured while processing the request.";
    operation.error = error instanceof ArmRefusal ? error.error : { code: "InternalServerError", message };
  }
}

import type { Context } from "hono";
import { type EmulatorApp, type EmulatorContext, type EmulatorEnv, newApp } from "../emulatorContext.ts";
import { armGate } from "./armGate.ts";
import { API_VERSIONS, ARM_PATHS } from "./armPaths.ts";
import { ArmRefusal } from "./armRefusal.ts";
import type { Operation } from "./operations.ts";

/** GET azureAsyncOperation and operationResults: the two ways to follow a long-running operation. */
export function operationRoutes(context: EmulatorContext): EmulatorApp {
  const gate = armGate(context, API_VERSIONS.postgres);
  const routes = newApp();

  routes.get(ARM_PATHS.asyncOperation, gate, (c) => {
    const operation = addressed(context, c);
    const { id: name, startTime } = operation;
    if (poll(context, c, operation)) return c.json({ name, status: "InProgress", startTime });
    const error = operation.error === null ? {} : { error: operation.error };
    return c.json({ name, status: operation.status, startTime, ...error });
  });

  routes.get(ARM_PATHS.operationResult, gate, (c) => {
    const operation = addressed(context, c);
    if (poll(context, c, operation)) {
      c.header("location", c.req.url);
      return c.body(null, 202);
    }
    if (operation.error !== null) throw new ArmRefusal(400, operation.error);
    const result = operation.result();
    if (result === undefined) return c.body(null, 204);
    return c.body(JSON.stringify(result), 200, { "content-type": "application/json" });
  });
  return routes;
}

function addressed({ operations }: EmulatorContext, c: Context<EmulatorEnv>): Operation {
  const id = c.req.param("id") ?? "";
  const operation = operations.get(id);
  if (operation !== undefined) return operation;
  throw new ArmRefusal(404, { code: "OperationNotFound", message: `The operation '${id}' was not found.` });
}

/** @returns whether the client must come back */
function poll({ state }: EmulatorContext, c: Context<EmulatorEnv>, operation: Operation): boolean {
  const wait = state.behaviour.operationRetryAfterSeconds;
  if (wait !== null) c.header("retry-after", String(wait));
  if (operation.pollsLeft > 0) {
    operation.pollsLeft -= 1;
    return true;
  }
  return operation.status === "InProgress";
}

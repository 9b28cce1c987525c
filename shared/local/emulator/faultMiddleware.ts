import { setTimeout as sleep } from "node:timers/promises";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { Context, MiddlewareHandler } from "hono";
import type { EmulatorEnv } from "./emulatorContext.ts";
import type { Fault, FaultAction, Faults } from "./faults.ts";
import type { RequestRecord } from "./requestRecord.ts";
import { serviceOf } from "./serviceOf.ts";

interface ActiveFault extends Fault {
  met: number;
  /** When a throttle let requests pass, in ms. */
  passed: number[];
}

export interface FaultMiddleware {
  readonly faults: Faults;
  readonly handle: MiddlewareHandler<EmulatorEnv>;
}

/** Logs each request and lets at most one fault act on it. */
export function faultMiddleware(requests: RequestRecord[], now: () => Date): FaultMiddleware {
  const active: ActiveFault[] = [];

  function take(method: string, path: string): ActiveFault | undefined {
    for (const fault of active) {
      if (!meets(fault, method, path)) continue;
      fault.met += 1;
      const skip = fault.skip ?? 0;
      if (fault.met <= skip || fault.met > skip + (fault.times ?? Infinity)) continue;
      return fault;
    }
    return undefined;
  }

  return {
    faults: {
      add(fault) {
        const added: ActiveFault = { ...fault, met: 0, passed: [] };
        active.push(added);
        return () => {
          const index = active.indexOf(added);
          if (index >= 0) active.splice(index, 1);
        };
      },
      clear() {
        active.length = 0;
      },
    },

    async handle(c, next): Promise<void> {
      const { method } = c.req;
      const path = new URL(c.req.url).pathname;
      const service = serviceOf(path);
      const fault = take(method, path);
      const answer = await act(c, fault, next, now);
      const dropped = answer === RESPONSE_ALREADY_SENT || answer === "stalled";
      requests.push({ service, method, path, status: dropped ? 0 : (answer ?? c.res).status });
      if (answer === "stalled") return new Promise<never>(() => undefined);
      if (answer === undefined) return;
      c.res = undefined; // else the headers of the answer that is thrown away would be merged in
      c.res = answer;
    },
  };
}

function meets(fault: Fault, method: string, path: string): boolean {
  if (fault.method !== undefined && fault.method !== method) return false;
  if (typeof fault.path === "string") return path.toLowerCase().includes(fault.path.toLowerCase());
  return new RegExp(fault.path.source, fault.path.flags.replace("g", "")).test(path);
}

type Next = () => Promise<void>;

async function passOn(next: Next): Promise<undefined> {
  await next();
}

/** @returns the answer that replaces the route's own, if any */
async function act(
  c: Context<EmulatorEnv>,
  fault: ActiveFault | undefined,
  next: Next,
  now: () => Date,
): Promise<Response | "stalled" | undefined> {
  if (fault === undefined) return passOn(next);
  const { action } = fault;
  switch (action.kind) {
    case "delay":
      await sleep(action.ms);
      return passOn(next);
    case "status":
      if (action.when === "after") await next();
      return statusAnswer(c.req.path, action);
    case "drop":
      if (action.when === "after") await next();
      c.env.incoming.socket.destroy();
      return RESPONSE_ALREADY_SENT;
    case "stall":
      return "stalled";
    case "throttle": {
      const at = now().getTime();
      fault.passed = fault.passed.filter((time) => time > at - action.windowMs);
      if (fault.passed.length < action.limit) {
        fault.passed.push(at);
        return passOn(next);
      }
      const headers = action.retryAfterSeconds === null ? {} : { "retry-after": String(action.retryAfterSeconds) };
      return statusAnswer(c.req.path, { kind: "status", status: 429, code: "TooManyRequests", headers });
    }
  }
}

function statusAnswer(path: string, action: Extract<FaultAction, { kind: "status" }>): Response {
  const { status, headers = {}, code = "InjectedFault" } = action;
  const message = "This answer was asked for by a test.";
  const identity = serviceOf(path) === "identity";
  const ownBody = identity ? { statusCode: status, message } : { error: { code, message } };
  const text = JSON.stringify(action.body ?? ownBody);
  const bodyless = status === 204 || status === 304;
  return new Response(bodyless ? null : text, { status, headers: { "content-type": "application/json", ...headers } });
}

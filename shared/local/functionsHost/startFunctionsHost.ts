import { randomBytes } from "node:crypto";
import { serve, type ServerType } from "@hono/node-server";
import { Cron } from "croner";
import { Hono } from "hono";
import type { FunctionBinding, FunctionsCore } from "./functionsCore.ts";
import { invokeHttp, invokeQueue, invokeTimer, type InvocationLog } from "./invoke.ts";

/** The part of host.json that a local host honours. */
export interface HostSettings {
  readonly routePrefix: string;
  readonly batchSize: number;
  readonly maxDequeueCount: number;
  /** Delay after a failure, and how long a message stays hidden while it is handled, in seconds. */
  readonly visibilityTimeoutSeconds: number;
  readonly pollMs: number;
}

export interface QueueMessage {
  readonly id: string;
  readonly popReceipt: string;
  /** As it was sent, decoded. */
  readonly text: string;
  readonly dequeueCount: number;
}

/** A storage queue as the host uses it. */
export interface HostQueue {
  receive(maximum: number, hiddenSeconds: number, signal: AbortSignal): Promise<readonly QueueMessage[]>;
  remove(message: QueueMessage, signal: AbortSignal): Promise<void>;
  send(text: string, signal: AbortSignal): Promise<void>;
}

export interface FunctionsHostOptions {
  readonly core: FunctionsCore;
  readonly settings: HostSettings;
  /** App settings, for `%NAME%` in bindings. */
  readonly appSettings: Readonly<Record<string, string | undefined>>;
  readonly port: number;
  /** Timers can be left out, so that a test fires them itself. */
  readonly timers: boolean;
  readonly openQueue: (name: string) => HostQueue;
  readonly onLog: (line: InvocationLog) => void;
}

export interface FunctionsHost {
  readonly url: string;
  /** Wanted as `x-functions-key` or `?code=` by every function that is not anonymous. */
  readonly functionKey: string;
  close(): Promise<void>;
}

/**
 * Runs registered functions on this machine: HTTP with function keys, timers by their NCRONTAB in UTC, and queues with
 * hidden messages, dequeue counts and poison queues, as the Functions host does.
 */
export async function startFunctionsHost(options: FunctionsHostOptions): Promise<FunctionsHost> {
  const functionKey = randomBytes(24).toString("base64url");
  const stopping = new AbortController();
  const server = await listen(httpApp(options, functionKey), options.port);
  const timers = options.timers ? startTimers(options) : [];
  const queues = startQueues(options, stopping.signal);

  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : options.port;
  return {
    url: `http://127.0.0.1:${port}`,
    functionKey,
    async close() {
      stopping.abort();
      for (const timer of timers) timer.stop();
      await Promise.all(queues);
      await new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      });
    },
  };
}

function listen(app: Hono, port: number): Promise<ServerType> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port }, () => {
      resolve(server);
    });
    server.once("error", reject);
  });
}

interface Trigger {
  readonly name: string;
  readonly binding: FunctionBinding;
}

function triggersOf(core: FunctionsCore, type: string): readonly Trigger[] {
  return [...core.functions].flatMap(([name, { metadata }]) =>
    Object.values(metadata.bindings)
      .filter((binding) => binding.type === type)
      .map((binding) => ({ name, binding })),
  );
}

function httpApp({ core, settings, onLog }: FunctionsHostOptions, functionKey: string): Hono {
  const app = new Hono();
  for (const { name, binding } of triggersOf(core, "httpTrigger")) {
    const route = typeof binding["route"] === "string" ? binding["route"] : name;
    const path = `/${settings.routePrefix}/${route}`.replaceAll(/\{(\w+)\??\}/g, ":$1");
    const methods = Array.isArray(binding["methods"]) ? binding["methods"].map(String) : ["GET", "POST"];
    app.on(methods, path, async (c) => {
      const given = c.req.header("x-functions-key") ?? c.req.query("code");
      if (binding["authLevel"] !== "anonymous" && given !== functionKey) return c.body(null, 401);
      const http = {
        method: c.req.method,
        url: c.req.url,
        headers: c.req.header(),
        query: c.req.query(),
        params: c.req.param(),
        body: { bytes: new Uint8Array(await c.req.arrayBuffer()) },
      };
      try {
        const { status, headers, body } = await invokeHttp(core, name, http, onLog);
        return new Response(status === 204 ? null : Buffer.from(body), { status, headers });
      } catch (error) {
        onLog({ functionName: name, level: "error", message: nameOf(error) });
        return c.body(null, 500);
      }
    });
  }
  return app;
}

function startTimers({ core, appSettings, onLog }: FunctionsHostOptions): readonly Cron[] {
  return triggersOf(core, "timerTrigger").map(({ name, binding }) => {
    const schedule = resolveSetting(String(binding["schedule"]), appSettings);
    // `protect`: a run never overlaps itself.
    return new Cron(
      schedule,
      { timezone: "UTC", mode: "5-or-6-parts", domAndDow: true, protect: true },
      async (job: Cron) => {
        const last = job.currentRun() ?? new Date();
        try {
          await invokeTimer(core, name, { last, next: job.nextRun() ?? last }, onLog);
        } catch (error) {
          onLog({ functionName: name, level: "error", message: nameOf(error) });
        }
      },
    );
  });
}

/** `%NAME%` stands for an app setting. */
export function resolveSetting(text: string, appSettings: Readonly<Record<string, string | undefined>>): string {
  return text.replaceAll(/%(\w+)%/g, (whole, name: string) => {
    const value = appSettings[name];
    if (value === undefined) throw new Error(`Binding ${whole} names the app setting ${name}, which is not set.`);
    return value;
  });
}

function startQueues(options: FunctionsHostOptions, signal: AbortSignal): readonly Promise<void>[] {
  return triggersOf(options.core, "queueTrigger").map(({ name, binding }) =>
    pollQueue(options, name, String(binding["queueName"]), signal),
  );
}

async function pollQueue(
  { core, settings, openQueue, onLog }: FunctionsHostOptions,
  name: string,
  queueName: string,
  signal: AbortSignal,
): Promise<void> {
  const queue = openQueue(queueName);
  const poison = openQueue(`${queueName}-poison`);

  async function handle(message: QueueMessage): Promise<void> {
    try {
      await invokeQueue(core, name, message, onLog);
      await queue.remove(message, signal);
    } catch (error) {
      onLog({ functionName: name, level: "error", message: nameOf(error) });
      // Left alone it comes back when its hiding ends.
      if (message.dequeueCount < settings.maxDequeueCount) return;
      await poison.send(message.text, signal);
      await queue.remove(message, signal);
    }
  }

  while (!signal.aborted) {
    try {
      const messages = await queue.receive(settings.batchSize, settings.visibilityTimeoutSeconds, signal);
      await Promise.all(messages.map(handle));
      if (messages.length === 0) await pause(settings.pollMs, signal);
    } catch (error) {
      if (!isAborted(signal)) onLog({ functionName: name, level: "error", message: nameOf(error) });
      await pause(settings.pollMs, signal);
    }
  }
}

/** Reads the signal anew: it may have been aborted while we waited. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    }
    signal.addEventListener("abort", done);
    if (signal.aborted) done();
  });
}

function nameOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : "An unnamed failure.";
}

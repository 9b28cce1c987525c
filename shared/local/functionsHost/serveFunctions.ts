import { createRequire } from "node:module";
import { messageQueue } from "../../azure/messageQueue.ts";
import type { ReceivedMessage } from "../../azure/messageQueue.ts";
import { queueService } from "../../azure/queueService.ts";
import { credential } from "../../azure/credential.ts";
import { trustCertificates } from "../../azure/trustCertificates.ts";
import type { Config, Environment } from "../../model/config.ts";
import { type FunctionsCore, installFunctionsCore } from "./functionsCore.ts";
import type { InvocationLog } from "./invoke.ts";
import { type FunctionsHost, type HostQueue, type HostSettings, startFunctionsHost } from "./startFunctionsHost.ts";

interface HostJson {
  readonly extensions: {
    readonly http: { readonly routePrefix: string };
    readonly queues: {
      readonly batchSize: number;
      readonly maxDequeueCount: number;
      readonly visibilityTimeout: string;
    };
  };
}

export interface ServeOptions {
  readonly port: number;
  readonly timers: boolean;
  readonly environment: Environment;
  readonly config: Config;
  readonly onLog: (line: InvocationLog) => void;
  /** Seconds that a failed message stays hidden; host.json's value unless told. */
  readonly visibilityTimeoutSeconds?: number;
}

/** Loads the real functions into this process and runs them against the real queues. */
export async function serveFunctions(options: ServeOptions): Promise<FunctionsHost> {
  const core = installFunctionsCore();
  await import("../../../functions/main.ts");
  return await hostFunctions(core, options);
}

/** Runs what was registered with `core`. */
export async function hostFunctions(core: FunctionsCore, options: ServeOptions): Promise<FunctionsHost> {
  const { environment, config, port, timers, onLog } = options;
  trustCertificates(environment.caFile);
  const queues = messageQueue(queueService(environment.queueEndpoint, credential(environment)));

  function openQueue(name: string): HostQueue {
    return {
      async receive(maximum, hiddenSeconds, signal) {
        const messages = await queues.receive(name, maximum, hiddenSeconds, signal);
        return messages.map((message) => ({ ...message, text: textOf(message) }));
      },
      async remove(message, signal) {
        await queues.remove(name, { ...message, body: undefined }, signal);
      },
      async send(text, signal) {
        await queues.send(name, JSON.parse(text) as object, {}, signal);
      },
    };
  }

  const settings = hostSettings();
  return await startFunctionsHost({
    core,
    settings: {
      ...settings,
      visibilityTimeoutSeconds: options.visibilityTimeoutSeconds ?? settings.visibilityTimeoutSeconds,
    },
    appSettings: {
      PGWARDEN_SCAN_SCHEDULE: environment.scanSchedule ?? config.schedule.scan,
      PGWARDEN_ROTATE_SCHEDULE: environment.rotateSchedule ?? config.schedule.rotate,
      PGWARDEN_RECOVER_SCHEDULE: environment.recoverSchedule ?? config.schedule.recover,
    },
    port,
    timers,
    openQueue,
    onLog,
  });
}

function textOf({ body }: ReceivedMessage): string {
  return typeof body === "string" ? body : JSON.stringify(body);
}

/** The settings of the deployed app, so that what runs here is what runs there. */
function hostSettings(): HostSettings {
  const host = createRequire(import.meta.url)("../../../host.json") as HostJson;
  const { http, queues } = host.extensions;
  const [hours = 0, minutes = 0, seconds = 0] = queues.visibilityTimeout.split(":").map(Number);
  return {
    routePrefix: http.routePrefix,
    batchSize: queues.batchSize,
    maxDequeueCount: queues.maxDequeueCount,
    visibilityTimeoutSeconds: hours * 3600 + minutes * 60 + seconds,
    pollMs: 500,
  };
}

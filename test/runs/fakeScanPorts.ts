import { catalogue } from "../../shared/controls/catalogue.ts";
import { loadConfig } from "../../shared/config/loadConfig.ts";
import type { Config } from "../../shared/model/config.ts";
import type { Sections } from "../../shared/model/section.ts";
import type { ServerRef } from "../../shared/model/server.ts";
import type { Inventory, PreviousInventory, ScanPorts, ScanServerMessage } from "../../shared/runs/scanPorts.ts";
import { posture, sections, serverRef, subscriptionId } from "../builders.ts";
import { type MemoryAppendStore, memoryAppendStore } from "../fakes/memoryAppendStore.ts";
import { type MemorySink, memorySink } from "../fakes/memorySink.ts";
import { type MemoryStateStore, memoryStateStore } from "../fakes/memoryStateStore.ts";

/** A fleet in memory: tests change what servers look like, the time, and what fails. */
export interface FakeScanPorts extends ScanPorts {
  readonly store: MemoryStateStore;
  readonly audit: MemoryAppendStore;
  readonly sink: MemorySink;
  servers: readonly ServerRef[];
  coverage: readonly string[];
  /** What discovery was told of the run before. */
  previous: PreviousInventory | undefined;
  /** Keyed by server name; a server without an entry shows what the builders give. */
  readonly look: Map<string, Partial<Sections>>;
  readonly dispatched: { readonly message: ScanServerMessage; readonly delaySeconds: number }[];
  /** How often each server was collected. */
  readonly collected: string[];
  /** Thrown by the next collect of that server. */
  readonly faults: Map<string, Error>;
  time: Date;
}

export const config: Config = loadConfig(
  `scope: { subscriptions: [${subscriptionId}] }\npostgres: { role: pgwarden-scanner }\n`,
  "pgwarden.yaml",
);

export function fakeScanPorts(names: readonly string[] = ["orders"]): FakeScanPorts {
  const ports: FakeScanPorts = {
    config,
    controls: catalogue,
    store: memoryStateStore(),
    audit: memoryAppendStore(),
    sink: memorySink(),
    servers: names.map((name) => serverRef({ name })),
    coverage: [],
    previous: undefined,
    look: new Map(),
    dispatched: [],
    collected: [],
    faults: new Map(),
    time: new Date("2026-11-22T06:00:00.000Z"),
    discover(previous): Promise<Inventory> {
      ports.previous = previous;
      return Promise.resolve({ servers: ports.servers, coverage: ports.coverage });
    },
    collect(server, takenAt) {
      ports.collected.push(server.name);
      const fault = ports.faults.get(server.name);
      if (fault !== undefined) return Promise.reject(fault);
      const seen = { ...posture({}, server), takenAt, sections: sections(ports.look.get(server.name) ?? {}) };
      return Promise.resolve({ posture: seen, armReads: 9 });
    },
    dispatch(message, delaySeconds) {
      ports.dispatched.push({ message, delaySeconds });
      return Promise.resolve();
    },
    now: () => ports.time,
  };
  return ports;
}

/** A signal that nobody aborts. */
export function noSignal(): AbortSignal {
  return new AbortController().signal;
}

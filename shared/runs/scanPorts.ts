import type { Control } from "../controls/control.ts";
import type { Config } from "../model/config.ts";
import type { Posture } from "../model/posture.ts";
import type { RunReason } from "../model/run.ts";
import type { ServerRef } from "../model/server.ts";
import type { Sink } from "../publish/sink.ts";
import type { AppendStore, StateStore } from "../publish/stateStore.ts";

/** Queue `scan-server`: one message per server. It carries no progress and no secret. */
export interface ScanServerMessage {
  readonly v: 1;
  readonly runId: string;
  /** ARM id in lower case. */
  readonly server: string;
  readonly reason: RunReason;
}

/** What discovery found, and what it must say of its own completeness. */
export interface Inventory {
  readonly servers: readonly ServerRef[];
  readonly coverage: readonly string[];
}

/** The inventory of the run before, to notice servers that discovery stops returning. */
export interface PreviousInventory {
  readonly count: number;
  readonly names: readonly string[];
}

/** Everything that a scan does to the world, wired once for functions and CLI. */
export interface ScanPorts {
  readonly config: Config;
  readonly controls: readonly Control[];
  readonly store: StateStore;
  readonly audit: AppendStore;
  /** Null without a configured endpoint: rows are spooled. */
  readonly sink: Sink | null;
  discover(previous: PreviousInventory | undefined, signal: AbortSignal): Promise<Inventory>;
  /** Keeps its own limit of time: what it did not reach by then is unavailable. */
  collect(
    server: ServerRef,
    takenAt: string,
    signal: AbortSignal,
  ): Promise<{ readonly posture: Posture; readonly armReads: number }>;
  /** Hands a server to a worker, now or `delaySeconds` later. */
  dispatch(message: ScanServerMessage, delaySeconds: number, signal: AbortSignal): Promise<void>;
  now(): Date;
}

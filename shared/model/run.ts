import type { Outcome } from "./finding.ts";
import type { DatabaseSectionName, SectionName, UnavailableReason } from "./section.ts";
import type { ServerRef, Severity } from "./server.ts";

export type RunStatus = "running" | "succeeded" | "partial" | "failed";

/** `delivered`: every chunk was accepted. `spooled`: some wait for replay. `lost`: some could not even be spooled. */
export type DeliveryStatus = "delivered" | "spooled" | "lost";

/** Why a run started. */
export type RunReason = "timer" | "http" | "change" | "cli";

export interface SectionGap {
  /** `databases` together with a name in `database` stands for every section of that database. */
  readonly section: SectionName | DatabaseSectionName;
  /** Null for sections of the server. */
  readonly database: string | null;
  readonly reason: UnavailableReason;
  readonly detail: string;
}

/** `runs/{runId}/run.json`. */
export interface Run {
  readonly runId: string;
  readonly reason: RunReason;
  readonly actor: string;
  readonly startedAt: string;
  /** The sweeper closes the run at this instant. */
  readonly deadline: string;
  readonly finishedAt: string | null;
  readonly status: RunStatus;
  /** `fleet`: everything in scope was expected; `servers`: only those that were asked for. */
  readonly scope: "fleet" | "servers";
  readonly expected: readonly ServerRef[];
  /** Names of servers without an answer when the run closed. */
  readonly missing: readonly string[];
  /** Sentences about the inventory itself: fewer servers than before, a truncated answer, none at all. */
  readonly coverageFindings: readonly string[];
  readonly delivery: DeliveryStatus | null;
}

export type OutcomeCounts = Readonly<Record<Outcome, number>>;

/** `runs/{runId}/servers/{serverKey}.json`: one server's answer in a run. */
export interface ServerResult {
  readonly runId: string;
  readonly serverId: string;
  readonly serverName: string;
  readonly status: "succeeded" | "partial" | "failed";
  readonly startedAt: string;
  readonly durationMs: number;
  readonly digest: string;
  readonly gaps: readonly SectionGap[];
  readonly outcomes: OutcomeCounts;
  /** Open fails by severity. */
  readonly failed: Readonly<Record<Severity, number>>;
  readonly driftCount: number;
  readonly armReads: number;
  readonly delivery: DeliveryStatus;
}

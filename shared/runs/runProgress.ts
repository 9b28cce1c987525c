import type { DeliveryStatus, Run, RunStatus, SectionGap, ServerResult } from "../model/run.ts";
import type { Severity } from "../model/server.ts";
import type { StateStore } from "../publish/stateStore.ts";
import { readResults, readRun } from "./runState.ts";

export interface ServerProgress {
  readonly name: string;
  readonly id: string;
  readonly status: "waiting" | "missing" | ServerResult["status"];
  readonly gaps: readonly SectionGap[];
  readonly failed: Readonly<Record<Severity, number>> | null;
  readonly driftCount: number | null;
  readonly delivery: DeliveryStatus | null;
}

/** What `GET /api/scans/{runId}` answers. */
export interface RunProgress {
  readonly runId: string;
  readonly status: RunStatus;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly expected: number;
  readonly answered: number;
  readonly coverage: readonly string[];
  readonly servers: readonly ServerProgress[];
}

/** @returns undefined when there is no such run */
export async function runProgress(
  runId: string,
  store: StateStore,
  signal: AbortSignal,
): Promise<RunProgress | undefined> {
  const run = await readRun(store, runId, signal);
  if (run === undefined) return undefined;
  return progressOf(run, await readResults(store, runId, signal));
}

export function progressOf(run: Run, results: readonly ServerResult[]): RunProgress {
  const byId = new Map(results.map((result) => [result.serverId, result]));
  return {
    runId: run.runId,
    status: run.status,
    startedAt: run.startedAt,
    finishedAt: run.finishedAt,
    expected: run.expected.length,
    answered: byId.size,
    coverage: run.coverageFindings,
    servers: run.expected.map(({ id, name }) => {
      const result = byId.get(id);
      return {
        name,
        id,
        status: result?.status ?? (run.finishedAt === null ? "waiting" : "missing"),
        gaps: result?.gaps ?? [],
        failed: result?.failed ?? null,
        driftCount: result?.driftCount ?? null,
        delivery: result?.delivery ?? null,
      };
    }),
  };
}

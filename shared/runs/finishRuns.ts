import type { Run } from "../model/run.ts";
import { finishRun } from "./finishRun.ts";
import { openRunIds } from "./runState.ts";
import type { ScanPorts } from "./scanPorts.ts";

/** Looks at every open run, oldest first. @returns those that are closed now */
export async function finishRuns(ports: ScanPorts, signal: AbortSignal): Promise<readonly Run[]> {
  const closed: Run[] = [];
  for (const runId of await openRunIds(ports.store, signal)) {
    const run = await finishRun(runId, ports, signal);
    if (run !== undefined) closed.push(run);
  }
  return closed;
}

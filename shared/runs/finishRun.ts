import type { Run, ServerResult } from "../model/run.ts";
import { audit } from "./deliver.ts";
import { deliverRun } from "./deliverRun.ts";
import { closeRun, readResults, readRunVersion, removeOpenMark, writeInventory, writeLastRun } from "./runState.ts";
import type { ScanPorts } from "./scanPorts.ts";

/**
 * Closes a run when every expected server has answered or its deadline has passed: the run's rows, its audit line, the
 * inventory that the next run is compared with. A closed run stays as it is.
 *
 * @param force closes it now: nobody is working on it any more
 * @returns the closed run; undefined while servers may still answer
 */
export async function finishRun(
  runId: string,
  ports: ScanPorts,
  signal: AbortSignal,
  { force = false }: { readonly force?: boolean } = {},
): Promise<Run | undefined> {
  const stored = await readRunVersion(ports.store, runId, signal);
  if (stored === undefined || stored.value.status !== "running") {
    // Closed before, or never written down: only the mark outlived a crash.
    await removeOpenMark(ports.store, runId, signal);
    return stored?.value;
  }

  const now = ports.now();
  const results = await readResults(ports.store, runId, signal);
  const missing = missingServers(stored.value, results);
  if (missing.length > 0 && !force && now < new Date(stored.value.deadline)) return undefined;

  const finished: Run = {
    ...stored.value,
    finishedAt: now.toISOString(),
    status: statusOf(stored.value, results, missing),
    missing,
  };
  const run: Run = { ...finished, delivery: await deliverRun(finished, results, ports, signal) };
  const { status, delivery } = run;
  const event = {
    actor: "pgwarden",
    action: "scan.finish",
    target: "fleet",
    outcome: status,
    runId,
    detail: { expected: run.expected.length, answered: results.length, missing, delivery },
  };
  await audit("runs", [event], null, ports, signal);
  // Only a run of everything can say what the fleet is.
  if (run.scope === "fleet") await writeInventory(ports.store, run, signal);
  await writeLastRun(ports.store, run, signal);
  await closeRun(ports.store, run, stored.etag, signal);
  return run;
}

export function missingServers(run: Run, results: readonly ServerResult[]): readonly string[] {
  const answered = new Set(results.map(({ serverId }) => serverId));
  return run.expected.filter(({ id }) => !answered.has(id)).map(({ name }) => name);
}

/** `succeeded` only when everything expected was read; nothing read at all is `failed`. */
export function statusOf(run: Run, results: readonly ServerResult[], missing: readonly string[]): Run["status"] {
  const failed = results.filter(({ status }) => status === "failed").length;
  if (run.expected.length > 0 && failed + missing.length === run.expected.length) return "failed";
  const whole = missing.length === 0 && results.every(({ status }) => status === "succeeded");
  return whole && run.coverageFindings.length === 0 ? "succeeded" : "partial";
}

import { readEnvironment } from "../../shared/config/environment.ts";
import type { Finding } from "../../shared/model/finding.ts";
import { cliRunId } from "../../shared/runs/runIds.ts";
import { scanFleet } from "../../shared/runs/scanFleet.ts";
import { gapLines } from "../../shared/cli/tables.ts";
import { wireProcess } from "../../shared/wiring.ts";

/** What a scanning process measured of itself. */
export interface ScanFigures {
  readonly servers: number;
  readonly status: string;
  /** Milliseconds from the start of the process's own code to the end of each scan. */
  readonly scans: readonly number[];
  readonly armReads: readonly number[];
  /** Highest resident set of the process in bytes. */
  readonly peakBytes: number;
}

// Scans whatever the environment names, as often as told, in a process of its own: nothing of the local Azure counts.
const start = performance.now();
const [, , times = "1"] = process.argv;
const { ports, signal } = await wireProcess(readEnvironment(), AbortSignal.timeout(600_000));
/** As `pgwarden scan` does for its tables. */
function keeps({ outcome }: Finding): boolean {
  return outcome === "fail";
}
const durations: number[] = [];
const reads: number[] = [];
let servers = 0;
let status = "";
for (let index = 0; index < Number(times); index += 1) {
  const begun = index === 0 ? start : performance.now();
  const request = { runId: cliRunId(ports.now(), `bench${index}`), reason: "cli" as const, actor: "bench" };
  const { run, scans } = await scanFleet(request, ports, () => undefined, signal, { keeps });
  durations.push(performance.now() - begun);
  reads.push(...scans.map(({ result }) => result.armReads));
  servers = scans.length;
  status = run.status;
  // A figure of a scan that did not read everything is no figure: say what was missing.
  for (const line of [...run.coverageFindings, ...gapLines(scans).slice(0, 5)]) console.error(line);
}
const peakBytes = process.resourceUsage().maxRSS * 1024;
process.send?.({ servers, status, scans: durations, armReads: reads, peakBytes } satisfies ScanFigures);
process.disconnect();

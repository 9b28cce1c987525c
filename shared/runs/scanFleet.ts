import pLimit from "p-limit";
import type { Finding } from "../model/finding.ts";
import type { Run } from "../model/run.ts";
import { finishRun } from "./finishRun.ts";
import type { ScanPorts, ScanServerMessage } from "./scanPorts.ts";
import { scanServer, type ServerScan } from "./scanServer.ts";
import { type ScanRequest, startScan } from "./startScan.ts";

export interface FleetScan {
  readonly run: Run;
  readonly scans: readonly ServerScan[];
  /** Servers whose scan broke off, with the reason; they are missing from the run. */
  readonly broken: readonly { readonly serverId: string; readonly error: Error }[];
}

export interface FleetProgress {
  readonly done: number;
  readonly total: number;
}

/** Servers at a time in one process: each one waits for the network far longer than it computes. */
const serverConcurrency = 8;

/**
 * A whole run in this process, without a queue: start, every server, finish. One server that breaks off costs only
 * itself.
 *
 * @param keeps findings that the answer has; of a large fleet all of them fill the memory, and most of them pass
 * @throws UnknownServerError when a named server is not in scope
 */
export async function scanFleet(
  request: ScanRequest,
  ports: Omit<ScanPorts, "dispatch">,
  onProgress: (progress: FleetProgress) => void,
  signal: AbortSignal,
  { keeps = () => true }: { readonly keeps?: (finding: Finding) => boolean } = {},
): Promise<FleetScan> {
  const messages: ScanServerMessage[] = [];
  const inProcess: ScanPorts = {
    ...ports,
    dispatch(message) {
      messages.push(message);
      return Promise.resolve();
    },
  };
  const run = await startScan(request, inProcess, signal);

  const limit = pLimit(serverConcurrency);
  const scans: ServerScan[] = [];
  const broken: { serverId: string; error: Error }[] = [];
  let done = 0;
  onProgress({ done, total: messages.length });
  async function scanOne(message: ScanServerMessage): Promise<void> {
    try {
      const scan = await scanServer(message, inProcess, signal);
      if (scan !== undefined) scans.push({ ...scan, findings: scan.findings.filter(keeps) });
    } catch (error) {
      // Storage out of reach breaks every server alike; the caller sees each of them.
      broken.push({ serverId: message.server, error: error instanceof Error ? error : new Error("unnamed failure") });
    }
    done += 1;
    onProgress({ done, total: messages.length });
  }
  await Promise.all(messages.map((message) => limit(() => scanOne(message))));

  scans.sort((left, right) => (left.result.serverId < right.result.serverId ? -1 : 1));
  const finished = await finishRun(run.runId, inProcess, signal, { force: true });
  return { run: finished ?? run, scans, broken };
}

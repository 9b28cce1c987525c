import type { DeliveryStatus, Run, ServerResult } from "../model/run.ts";
import { runRow, runServerRow } from "../publish/rows/runRows.ts";
import { deliverTables } from "./deliver.ts";
import type { ScanPorts } from "./scanPorts.ts";

const rank: Readonly<Record<DeliveryStatus, number>> = { delivered: 0, spooled: 1, lost: 2 };

/** The run's own row and one per answered server. @returns the worst that happened to any row of the run */
export async function deliverRun(
  run: Run,
  results: readonly ServerResult[],
  ports: ScanPorts,
  signal: AbortSignal,
): Promise<DeliveryStatus> {
  const now = ports.now();
  const servers = new Map(run.expected.map((server) => [server.id, server]));
  const worst = results.map(({ delivery }) => delivery).reduce(worse, "delivered");
  const serverRows = results.map((result) => {
    const server = servers.get(result.serverId) ?? null;
    return runServerRow(result, run, { runId: run.runId, now, takenAt: result.startedAt, server });
  });
  const row = runRow({ ...run, delivery: worst }, { now, takenAt: run.startedAt });
  const { status } = await deliverTables({ PgWardenRun_CL: [row, ...serverRows] }, ports, signal);
  return worse(worst, status);
}

function worse(left: DeliveryStatus, right: DeliveryStatus): DeliveryStatus {
  return rank[left] >= rank[right] ? left : right;
}

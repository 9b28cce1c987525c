import { app, type InvocationContext, type Timer } from "@azure/functions";
import { slotOf, timerRunId } from "../shared/runs/runIds.ts";
import { startScan } from "../shared/runs/startScan.ts";
import { wire } from "../shared/wiring.ts";

/** Timer: starts the scan of the whole fleet. A repeated tick of one slot is the same run. */
export async function handleScanTimer(timer: Timer, context: InvocationContext): Promise<void> {
  const { ports, signal, log } = await wire(context);
  const slot = slotOf(ports.config.schedule.scan, ports.now());
  const run = await startScan({ runId: timerRunId(slot), reason: "timer", actor: "timer" }, ports, signal);
  log.info("scan started", { runId: run.runId, servers: run.expected.length, pastDue: timer.isPastDue });
}

app.timer("scanTimer", { schedule: "%PGWARDEN_SCAN_SCHEDULE%", handler: handleScanTimer });

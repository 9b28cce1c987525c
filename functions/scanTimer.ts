import { app, type InvocationContext, type Timer } from "@azure/functions";
import { slotOf, timerRunId } from "../shared/runs/runIds.ts";
import { startScan } from "../shared/runs/startScan.ts";
import { wire } from "./wire.ts";

/** Timer: starts the scan of the whole fleet. A repeated tick of one slot is the same run. */
export async function handleScanTimer(timer: Timer, context: InvocationContext): Promise<void> {
  const { ports, environment, signal, log } = await wire(context);
  // The schedule that fired the timer, or two of its ticks could pass for one slot of another.
  const slot = slotOf(environment.scanSchedule ?? ports.config.schedule.scan, ports.now());
  const run = await startScan({ runId: timerRunId(slot), reason: "timer", actor: "timer" }, ports, signal);
  log.info("scan started", { runId: run.runId, servers: run.expected.length, pastDue: timer.isPastDue });
}

app.timer("scanTimer", { schedule: "%PGWARDEN_SCAN_SCHEDULE%", handler: handleScanTimer });

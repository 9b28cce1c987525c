import { app, type InvocationContext, type Timer } from "@azure/functions";
import { slotOf, timerRunId } from "../shared/runs/runIds.ts";
import { startRotations } from "../shared/runs/startRotations.ts";
import { wire } from "./wire.ts";

/** Timer: hands every credential that is due to a worker. A repeated tick of one slot sends the same requests. */
export async function handleRotateTimer(timer: Timer, context: InvocationContext): Promise<void> {
  const { ports, rotation, environment, signal, log } = await wire(context);
  const { config } = ports;
  if (config.credentials.length === 0) return;
  const slot = slotOf(environment.rotateSchedule ?? config.schedule.rotate, ports.now());
  const { begin, waiting, unread, delivery } = await startRotations(timerRunId(slot), await rotation(), signal);
  const counts = { begun: begin.length, waiting: waiting.length, unread: unread.length };
  log.info("rotations started", { requestId: timerRunId(slot), ...counts, delivery, pastDue: timer.isPastDue });
  for (const { credential, why } of unread) log.warn("vault not read", { credential, why });
}

app.timer("rotateTimer", { schedule: "%PGWARDEN_ROTATE_SCHEDULE%", handler: handleRotateTimer });

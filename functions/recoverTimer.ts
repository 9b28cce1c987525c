import { app, type InvocationContext, type Timer } from "@azure/functions";
import { recoverCredentials } from "../shared/runs/recoverCredentials.ts";
import { recoverRunId, slotOf } from "../shared/runs/runIds.ts";
import { wire } from "./wire.ts";

/** Timer: runs open rotations forward and proves every published secret. It needs nothing of the rotate timer. */
export async function handleRecoverTimer(_timer: Timer, context: InvocationContext): Promise<void> {
  const { ports, rotation, environment, signal, log } = await wire(context);
  const { config } = ports;
  if (config.credentials.length === 0) return;
  const slot = slotOf(environment.recoverSchedule ?? config.schedule.recover, ports.now());
  const task = { runId: recoverRunId(slot), actor: "timer", patient: true };
  const results = await recoverCredentials(task, await rotation(), signal);

  const told = results.filter((result) => result.told);
  for (const { credential, state } of told) log.info("credential looked at", { credential, state });
  for (const { credential, problems } of results)
    for (const problem of problems) log.error("tick not recorded", { credential, problem });
  const well = results.filter(({ state }) =>
    ["healthy", "rotated", "recovered", "repaired", "imported"].includes(state),
  );
  log.info("credentials recovered", { runId: task.runId, credentials: results.length, well: well.length });
  const faults = results.filter(({ state }) => state === "fault").map(({ credential }) => credential);
  if (faults.length > 0) throw new Error(`The ticks of ${faults.join(", ")} ended in a way that nobody foresaw.`);
}

app.timer("recoverTimer", { schedule: "%PGWARDEN_RECOVER_SCHEDULE%", handler: handleRecoverTimer });

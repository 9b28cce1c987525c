import { app, type InvocationContext, type Timer } from "@azure/functions";
import { finishRuns } from "../shared/runs/finishRuns.ts";
import { wire } from "./wire.ts";

/** Sweeper: closes every run whose servers have all answered, or whose time is up. */
export async function handleFinishRuns(_timer: Timer, context: InvocationContext): Promise<void> {
  const { ports, signal, log } = await wire(context);
  const closed = await finishRuns(ports, signal);
  for (const { runId, status, missing } of closed) log.info("run closed", { runId, status, missing: missing.length });
}

app.timer("finishRuns", { schedule: "30 * * * * *", handler: handleFinishRuns });

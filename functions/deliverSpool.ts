import { app, type InvocationContext, type Timer } from "@azure/functions";
import { deliverSpool } from "../shared/runs/deliverSpool.ts";
import { wire } from "./wire.ts";

/** Replays rows that no sink took, each once by its RowId. */
export async function handleDeliverSpool(_timer: Timer, context: InvocationContext): Promise<void> {
  const { ports, signal, log } = await wire(context);
  const { delivered, waiting, problems } = await deliverSpool(ports, signal);
  if (delivered + waiting + problems.length > 0)
    log.info("spool replayed", { delivered, waiting, problems: problems.length });
  for (const problem of problems) log.warn("spooled chunk not delivered", { problem });
}

app.timer("deliverSpool", { schedule: "0 */5 * * * *", handler: handleDeliverSpool });

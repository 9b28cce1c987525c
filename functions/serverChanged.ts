import { app, type InvocationContext } from "@azure/functions";
import { audit } from "../shared/runs/deliver.ts";
import { changedServer } from "../shared/runs/changedServer.ts";
import { changeSlot } from "../shared/runs/runIds.ts";
import { startScan, UnknownServerError } from "../shared/runs/startScan.ts";
import type { InvocationWiring } from "../shared/wiring.ts";
import { auditLastTry } from "./auditLastTry.ts";
import { wire } from "./wire.ts";
import { refuseMessage } from "./refuseMessage.ts";

/**
 * Queue `server-changed`: Event Grid's own delivery of a resource write. All changes of one server within a slot are
 * scanned by one run at the end of that slot, so that none is missed and a burst costs one scan.
 */
export async function handleServerChanged(message: unknown, context: InvocationContext): Promise<void> {
  const wiring = await wire(context);
  await auditLastTry("server-changed", message, context, wiring, () => planScan(message, wiring));
}

async function planScan(message: unknown, { ports, queue, signal, log }: InvocationWiring): Promise<void> {
  const change = changedServer(message);
  if (change.kind === "malformed") {
    await refuseMessage("server-changed", message, change.why, { ports, queue, log }, signal);
    return;
  }
  if (change.kind === "other") {
    log.info("event is not about a flexible server", { subject: change.subject });
    return;
  }

  const { runId, delaySeconds } = changeSlot(change.serverId, ports.now());
  try {
    const servers = [change.serverId];
    await startScan({ runId, reason: "change", actor: "event-grid", servers, delaySeconds }, ports, signal);
    log.info("scan of a changed server planned", { runId, server: change.serverId, delaySeconds });
  } catch (error) {
    if (!(error instanceof UnknownServerError)) throw error;
    const event = {
      actor: "event-grid",
      action: "scan.start",
      target: change.serverId,
      outcome: "refused",
      runId,
      detail: { why: "The server is not in scope." },
    };
    await audit("runs", [event], null, ports, signal);
    log.info("changed server is not in scope", { server: change.serverId });
  }
}

app.storageQueue("serverChanged", {
  queueName: "server-changed",
  connection: "AzureWebJobsStorage",
  handler: handleServerChanged,
});

import { app, type InvocationContext } from "@azure/functions";
import * as v from "valibot";
import { scanServer, UnknownRunError } from "../shared/runs/scanServer.ts";
import type { InvocationWiring } from "../shared/wiring.ts";
import { auditLastTry } from "./auditLastTry.ts";
import { wire } from "./wire.ts";
import { refuseMessage } from "./refuseMessage.ts";

const ScanServerMessage = v.strictObject({
  v: v.literal(1),
  runId: v.string(),
  server: v.string(),
  reason: v.picklist(["timer", "http", "change", "cli"]),
});

/** Queue `scan-server`, one message per server. Handling a message twice is harmless. */
export async function handleScanServer(message: unknown, context: InvocationContext): Promise<void> {
  const wiring = await wire(context);
  await auditLastTry("scan-server", message, context, wiring, () => scan(message, wiring));
}

async function scan(message: unknown, { ports, queue, signal, log }: InvocationWiring): Promise<void> {
  const parsed = v.safeParse(ScanServerMessage, message);
  if (!parsed.success) {
    await refuseMessage("scan-server", message, "The message does not fit its schema.", { ports, queue, log }, signal);
    return;
  }
  try {
    const scanned = await scanServer(parsed.output, ports, signal);
    const { runId, server } = parsed.output;
    if (scanned === undefined) log.info("server had answered already", { runId, server });
    else {
      const { status, durationMs } = scanned.result;
      log.info("server scanned", { runId, server, status, durationMs });
    }
  } catch (error) {
    if (!(error instanceof UnknownRunError)) throw error;
    await refuseMessage("scan-server", message, error.message, { ports, queue, log }, signal);
  }
}

app.storageQueue("scanServer", {
  queueName: "scan-server",
  connection: "AzureWebJobsStorage",
  handler: handleScanServer,
});

import { app, type InvocationContext } from "@azure/functions";
import * as v from "valibot";
import { rotateCredential } from "../shared/runs/rotateCredential.ts";
import { UnknownCredentialError } from "../shared/runs/rotationPorts.ts";
import { refuseMessage } from "./refuseMessage.ts";
import { wire } from "./wire.ts";

const RotateCredentialMessage = v.strictObject({
  v: v.literal(1),
  credential: v.string(),
  requestId: v.pipe(v.string(), v.regex(/^(?:timer|http)-[A-Za-z0-9-]{8,80}$/)),
  reason: v.picklist(["timer", "http"]),
});

/** Queue `rotate-credential`, one message per rotation that is wished. Handling a message twice is harmless. */
export async function handleRotateCredential(message: unknown, context: InvocationContext): Promise<void> {
  const { ports, rotation, queue, signal, log } = await wire(context);
  const parsed = v.safeParse(RotateCredentialMessage, message);
  if (!parsed.success) {
    const why = "The message does not fit its schema.";
    await refuseMessage("rotate-credential", message, why, { ports, queue, log }, signal);
    return;
  }
  const { credential, requestId, reason } = parsed.output;
  try {
    const request = { credential, requestId, reason, actor: reason };
    const result = await rotateCredential(request, await rotation(), signal);
    if (result === undefined) {
      log.info("request was granted already", { credential, requestId });
      return;
    }
    const { report, recorded } = result;
    log.info("rotation handled", { credential, requestId, state: report.state, delivery: recorded.delivery });
    for (const problem of recorded.problems) log.error("tick not recorded", { credential, problem });
  } catch (error) {
    if (!(error instanceof UnknownCredentialError)) throw error;
    await refuseMessage("rotate-credential", message, error.message, { ports, queue, log }, signal);
  }
}

app.storageQueue("rotateCredential", {
  queueName: "rotate-credential",
  connection: "AzureWebJobsStorage",
  handler: handleRotateCredential,
});

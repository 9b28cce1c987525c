import { app, type InvocationContext } from "@azure/functions";
import * as v from "valibot";
import { giveUpRequest } from "../shared/runs/giveUpRequest.ts";
import { rotateCredential } from "../shared/runs/rotateCredential.ts";
import { UnknownCredentialError } from "../shared/runs/rotationPorts.ts";
import type { InvocationWiring } from "../shared/wiring.ts";
import { auditLastTry, auditLimitMs, maxTries, triesOf } from "./auditLastTry.ts";
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
  const wiring = await wire(context);
  await auditLastTry("rotate-credential", message, context, wiring, () => rotate(message, context, wiring));
}

async function rotate(message: unknown, context: InvocationContext, wiring: InvocationWiring): Promise<void> {
  const { ports, rotation, queue, signal, log } = wiring;
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
    if (!(error instanceof UnknownCredentialError)) {
      await noteLastTry({ credential, requestId }, error, context, wiring);
      throw error;
    }
    await refuseMessage("rotate-credential", message, error.message, { ports, queue, log }, signal);
  }
}

/** Whoever asked for the rotation looks at the credential, not into the poison queue. */
async function noteLastTry(
  request: { readonly credential: string; readonly requestId: string },
  error: unknown,
  context: InvocationContext,
  { ports, log }: InvocationWiring,
): Promise<void> {
  const tries = triesOf(context);
  if (!(tries >= maxTries)) return;
  const fault = error instanceof Error ? error.name : "unnamed";
  try {
    await giveUpRequest(request, { tries, fault }, ports, AbortSignal.timeout(auditLimitMs));
  } catch (noteFault) {
    // What made the message fail matters more than that nobody could write it down.
    log.error("request not given up", { ...request, fault: noteFault instanceof Error ? noteFault.name : "" });
  }
}

app.storageQueue("rotateCredential", {
  queueName: "rotate-credential",
  connection: "AzureWebJobsStorage",
  handler: handleRotateCredential,
});

import { createHash } from "node:crypto";
import { audit } from "../shared/runs/deliver.ts";
import type { InvocationWiring } from "../shared/wiring.ts";

/**
 * Sets a message aside that no retry can help: into the poison queue, with one audit line. The line names the message
 * by its digest; its text came from outside and stays in the queue.
 */
export async function refuseMessage(
  queueName: string,
  message: unknown,
  why: string,
  { ports, queue, log }: Pick<InvocationWiring, "ports" | "queue" | "log">,
  signal: AbortSignal,
): Promise<void> {
  // Only undefined has no JSON; the worker never hands that over.
  const text = JSON.stringify(message ?? null);
  const digest = createHash("sha256").update(text).digest("hex");
  await queue.send(`${queueName}-poison`, { v: 1, refused: text.slice(0, 32_000), why }, {}, signal);
  const event = {
    actor: "pgwarden",
    action: "message.refuse",
    target: queueName,
    outcome: "refused",
    runId: null,
    detail: { why, digest },
  };
  await audit("messages", [event], null, ports, signal);
  log.warn("message refused", { queue: queueName, why, digest });
}

import type { InvocationContext } from "@azure/functions";
import { createHash } from "node:crypto";
import type { AuditEvent } from "../shared/publish/auditLine.ts";
import { audit } from "../shared/runs/deliver.ts";
import type { InvocationWiring } from "../shared/wiring.ts";

/** `maxDequeueCount` of host.json: a message that failed so often goes to the poison queue, and nobody tries again. */
export const maxTries = 5;

/** The invocation's own signal may be what ended the work; until the host's limit there are 30 s. */
export const auditLimitMs = 10_000;

/** How often the host has handed this message over, this time included. */
export function triesOf({ triggerMetadata }: Pick<InvocationContext, "triggerMetadata">): number {
  return Number(triggerMetadata?.["dequeueCount"]);
}

/**
 * Does the work of a queue message. When its last try fails, one audit line says that the message was given up, before
 * the host moves it; like that of a malformed message the line names it by the digest of its JSON.
 *
 * @throws what the work threw
 */
export async function auditLastTry(
  queueName: string,
  message: unknown,
  context: Pick<InvocationContext, "triggerMetadata">,
  { ports, log }: Pick<InvocationWiring, "ports" | "log">,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    const tries = triesOf(context);
    if (tries >= maxTries) {
      const digest = createHash("sha256")
        .update(JSON.stringify(message ?? null))
        .digest("hex");
      const fault = error instanceof Error ? error.name : "unnamed";
      log.error("message poisoned", { queue: queueName, tries, fault, digest });
      const event: AuditEvent = {
        actor: "pgwarden",
        action: "message.poison",
        target: queueName,
        outcome: "poisoned",
        runId: null,
        detail: { tries, fault, digest },
      };
      try {
        await audit("messages", [event], null, ports, AbortSignal.timeout(auditLimitMs));
      } catch (auditFault) {
        // What made the message fail matters more than that nobody could write it down.
        log.error("audit line lost", { queue: queueName, fault: auditFault instanceof Error ? auditFault.name : "" });
      }
    }
    throw error;
  }
}

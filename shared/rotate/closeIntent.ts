import type { Intent, IntentEnd } from "../model/credential.ts";
import { tagPending } from "./pendingTags.ts";
import type { StoredSecret } from "./ports.ts";
import { RotationError } from "./rotationError.ts";
import { parsePublished } from "./secretContent.ts";
import { login, unansweredLogin, type TickContext } from "./tickContext.ts";

const ended: Readonly<Record<IntentEnd, string>> = {
  done: "is published and logs in",
  superseded: "gave way to a newer rotation and is never applied again",
  rolledback: "was taken back; the password before it is the published one",
};

/**
 * Logs in with what consumers read and ends the intent.
 *
 * @throws RotationError `LOGIN_REFUSED` when that does not log in; the intent stays open
 */
export function closeDone(context: TickContext, intent: Intent, read: StoredSecret): Promise<void> {
  return context.log.take({ step: "close", key: intent, role: intent.role }, async () => {
    const pair = parsePublished(read.value, intent.role);
    const outcome = pair === null ? null : await login(context, pair);
    if (outcome?.state === "unanswered") throw unansweredLogin(intent, outcome.detail);
    if (outcome?.state !== "accepted") {
      const message = `What was published as generation ${intent.generation} does not log in.`;
      throw new RotationError(message, { code: "LOGIN_REFUSED", effect: "applied" });
    }
    await tagPending(context, intent, "done");
    return closed(intent, "done");
  });
}

/** Ends an intent without a change: what ended it was decided from vault, ledger and login. */
export function settle(context: TickContext, intent: Intent, end: IntentEnd): Promise<void> {
  return context.log.take({ step: "close", key: intent, role: intent.role }, async () => {
    await tagPending(context, intent, end);
    return closed(intent, end);
  });
}

function closed({ generation, pendingVersion }: Intent, end: IntentEnd) {
  return { value: undefined, message: `Generation ${generation} ${ended[end]}.`, secretVersion: pendingVersion };
}

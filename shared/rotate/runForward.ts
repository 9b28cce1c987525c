import { applyByArm } from "./applyByArm.ts";
import { apply } from "./apply.ts";
import type { LedgerAnswer } from "./changeRolePassword.ts";
import { closeDone, settle } from "./closeIntent.ts";
import { compensate } from "./compensate.ts";
import type { Observed } from "./observe.ts";
import type { StoredSecret } from "./ports.ts";
import type { OpenIntent } from "./prepare.ts";
import { publish } from "./publish.ts";
import { isVaultFault, publishPatiently } from "./publishPatiently.ts";
import { RotationError } from "./rotationError.ts";
import { strategyOf } from "./strategies/strategyOf.ts";
import type { TickContext } from "./tickContext.ts";
import { verify } from "./verify.ts";

/** `rolledback`: the published password was given back, since the next one could not be published or used. */
export type ForwardEnd = "done" | "superseded" | "rolledback";

/**
 * Brings an open intent to its end, from wherever it stopped. Every step may be repeated.
 *
 * @param isApplied the ledger names the intent: the password is not sent again
 * @throws RotationError when a step did not succeed; the intent stays open
 */
export async function runForward(
  context: TickContext,
  observed: Observed,
  open: OpenIntent,
  isApplied: boolean,
): Promise<ForwardEnd> {
  const { intent } = open;
  const { usesLedger } = strategyOf(intent.strategy);
  if (usesLedger && (await applyOnce(context, open, isApplied)) === "superseded") {
    await settle(context, intent, "superseded");
    return "superseded";
  }
  let read: StoredSecret;
  try {
    if (usesLedger) await verify(context, open);
    else await applyByArm(context, open, observed);
    read = await handOver(context, observed, open);
  } catch (error) {
    if (!(error instanceof RotationError && (isVaultFault(error.code) || error.code === "LOGIN_REFUSED"))) throw error;
    if (!(await compensate(context, intent, observed.published))) throw error;
    const { code, message, remedy } = error;
    context.remark({ code, message: `A rotation was taken back. ${message}`, remedy });
    return "rolledback";
  }
  // Consumers read the new password from here on: a close that fails takes nothing back.
  await closeDone(context, intent, read);
  return "done";
}

/** The worker that applied it may have died before it could say so: then the ledger says it. */
async function applyOnce(context: TickContext, open: OpenIntent, isApplied: boolean): Promise<LedgerAnswer> {
  const { intent } = open;
  if (!isApplied) return apply(context, open);
  const message = `Role ${intent.role} accepts the password of generation ${intent.generation}, as the ledger says.`;
  return context.log.take({ step: "apply", key: intent, role: intent.role }, () =>
    Promise.resolve({ value: "alreadyApplied", message, outcome: "found" }),
  );
}

function handOver(context: TickContext, { published, secret }: Observed, open: OpenIntent): Promise<StoredSecret> {
  const { intent, pair } = open;
  return context.log.take({ step: "publish", key: intent, role: intent.role }, async () => {
    if (published?.key?.rotationId === intent.rotationId) {
      const message = `Generation ${intent.generation} is published already.`;
      const read = await context.ports.secrets.readVersion(
        context.credential.published,
        published.version,
        context.signal,
      );
      return { value: read, message, outcome: "found", secretVersion: published.version };
    }
    const publication = { key: intent, pair, from: published?.key?.rotationId ?? null, repair: null };
    const hasGap = strategyOf(intent.strategy).hasGap && secret !== "absent";
    const read = await (hasGap ? publishPatiently(context, publication) : publish(context, publication));
    return {
      value: read,
      message: `Consumers get role ${intent.role} with generation ${intent.generation}.`,
      secretVersion: read.version,
    };
  });
}

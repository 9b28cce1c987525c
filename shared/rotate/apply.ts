import type { LedgerAnswer } from "./changeRolePassword.ts";
import { changeRolePassword } from "./changeRolePassword.ts";
import type { OpenIntent } from "./prepare.ts";
import type { TickContext } from "./tickContext.ts";

const found: Readonly<Record<LedgerAnswer, string>> = {
  applied: "now accepts",
  alreadyApplied: "accepted already",
  superseded: "belongs to a newer rotation than",
};

/** Makes PostgreSQL accept an intent's value. May be repeated: the ledger knows what was done. */
export async function apply(context: TickContext, { intent, pair }: OpenIntent): Promise<LedgerAnswer> {
  await context.writeDown();
  return await context.log.take({ step: "apply", key: intent, role: intent.role }, async () => {
    await context.guard();
    const answer = await changeRolePassword(context, intent, pair, "lift");
    return {
      value: answer,
      message: `Role ${intent.role} ${found[answer]} the password of generation ${intent.generation}.`,
      outcome: answer === "applied" ? "done" : answer === "alreadyApplied" ? "found" : "skipped",
    };
  });
}

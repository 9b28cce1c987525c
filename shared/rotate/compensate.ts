import type { Intent } from "../model/credential.ts";
import { changeRolePassword } from "./changeRolePassword.ts";
import { settle } from "./closeIntent.ts";
import type { PublishedVersion } from "./observation.ts";
import { RotationError } from "./rotationError.ts";
import { strategyOf } from "./strategies/strategyOf.ts";
import { forgetRefusal, login, type TickContext } from "./tickContext.ts";

/**
 * Gives the role its published password back when the next one can be neither published nor used, so that the outage
 * ends without the vault. The ledger gets the next generation under the published rotation id; by that a later tick
 * knows, even where the pending secret cannot be tagged now.
 *
 * @returns whether it was done; not where there is no published password to give back
 */
export async function compensate(
  context: TickContext,
  intent: Intent,
  published: PublishedVersion | null,
): Promise<boolean> {
  const pair = published?.pair ?? null;
  const key = published?.key ?? null;
  if (!strategyOf(intent.strategy).compensates || pair === null || key === null) return false;
  if (pair.user !== intent.role || key.rotationId === intent.rotationId) return false;
  await context.log.take({ step: "compensate", key: intent, role: intent.role }, async () => {
    await context.guard();
    const lifted = { generation: intent.generation + 1, rotationId: key.rotationId };
    const answer = await changeRolePassword(context, lifted, pair, "lift");
    forgetRefusal(context, pair);
    const outcome = await login(context, pair);
    if (answer === "superseded" || outcome.state !== "accepted") {
      const message = `The published password of role ${intent.role} was given back, but is not known to log in.`;
      throw new RotationError(message, { code: "LOGIN_REFUSED", effect: "unknown" });
    }
    return { value: undefined, message: `Role ${intent.role} has its published password again.` };
  });
  await settle(context, intent, "rolledback");
  return true;
}

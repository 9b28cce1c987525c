import { changeRolePassword } from "./changeRolePassword.ts";
import { loginFault } from "./loginFault.ts";
import type { OpenIntent } from "./prepare.ts";
import { RotationError } from "./rotationError.ts";
import { forgetRefusal, login, unansweredLogin, type TickContext } from "./tickContext.ts";

/** `invalid_authorization_specification`, after the password was accepted: the role is NOLOGIN. */
const MAY_NOT_LOG_IN = "28000";

/**
 * A real login with an intent's value. One that is refused although the ledger says it was applied is applied once more:
 * the database may have lost its last commit in a failover.
 *
 * @throws RotationError `LOGIN_REFUSED` when it is refused again, `ROLE_…` when no password would help
 */
export function verify(context: TickContext, open: OpenIntent): Promise<void> {
  const { intent, pair } = open;
  return context.log.take({ step: "verify", key: intent, role: intent.role }, async () => {
    if (await accepts(context, open)) return { value: undefined, message: `Role ${intent.role} logs in.` };
    const fault = await loginFault(context, intent.role);
    if (fault !== null) throw fault;
    await context.guard();
    const answer = await changeRolePassword(context, intent, pair, "repeat");
    forgetRefusal(context, pair);
    if (answer === "applied" && (await accepts(context, open))) {
      return { value: undefined, message: `Role ${intent.role} logs in after the password was applied once more.` };
    }
    const message = `Role ${intent.role} refuses the password of generation ${intent.generation} that it was given.`;
    throw new RotationError(message, { code: "LOGIN_REFUSED", effect: "applied" });
  });
}

async function accepts(context: TickContext, { intent, pair }: OpenIntent): Promise<boolean> {
  const outcome = await login(context, pair);
  if (outcome.state === "unanswered") throw unansweredLogin(intent, outcome.detail);
  if (outcome.state === "rejected") return false;
  if (outcome.afterwards !== MAY_NOT_LOG_IN) return true;
  const remedy = `ALTER ROLE "${intent.role}" LOGIN;`;
  const message = `Role ${intent.role} may not log in.`;
  throw new RotationError(message, { code: "ROLE_CANNOT_LOG_IN", effect: "none", remedy });
}

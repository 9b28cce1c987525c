import { loginFault } from "./loginFault.ts";
import type { PublishedVersion } from "./observation.ts";
import type { LoginOutcome } from "./ports.ts";
import { RotationError } from "./rotationError.ts";
import { login, type TickContext } from "./tickContext.ts";

export interface PublishedProof {
  readonly state: LoginOutcome["state"];
  /** Why no password would be accepted; null when the password decides. */
  readonly fault: RotationError | null;
}

/** Logs in with what consumers read. */
export function provePublished(context: TickContext, published: PublishedVersion): Promise<PublishedProof> {
  const { pair, key, user, version } = published;
  return context.log.take({ step: "prove", key, role: user }, async () => {
    if (pair === null) {
      const value: PublishedProof = { state: "rejected", fault: null };
      return { value, message: "The published secret holds no login.", outcome: "skipped", secretVersion: version };
    }
    const outcome = await login(context, pair);
    if (outcome.state === "unanswered") {
      const message = `Nobody knows whether the published secret logs in: ${outcome.detail}`;
      throw new RotationError(message, { code: "DATABASE_UNREACHABLE", effect: "none" });
    }
    const fault =
      outcome.state === "rejected" ? await loginFault(context, pair.user) : afterwardsFault(outcome, pair.user);
    const value: PublishedProof = { state: outcome.state, fault };
    const message = `The published secret of role ${pair.user} ${outcome.state === "accepted" ? "logs in" : "is refused"}.`;
    return { value, message, secretVersion: version };
  });
}

/** The password is right, and consumers are turned away all the same. */
function afterwardsFault({ afterwards }: LoginOutcome & { state: "accepted" }, role: string): RotationError | null {
  if (afterwards !== "28000") return null;
  const remedy = `ALTER ROLE "${role}" LOGIN;`;
  const message = `Role ${role}, which is published, may not log in.`;
  return new RotationError(message, { code: "ROLE_CANNOT_LOG_IN", effect: "none", remedy });
}

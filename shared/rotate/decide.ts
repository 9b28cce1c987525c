import type { Decision, Situation } from "./decision.ts";
import { decideIdle } from "./decideIdle.ts";
import { decideIntent } from "./decideIntent.ts";
import { findElsewhere } from "./elsewhere.ts";
import type { Observation } from "./observation.ts";

/**
 * What a tick does next, from vault, ledger and logins alone: the crash table of the protocol. Deciding again after
 * each action ends in a decision that does nothing.
 */
export function decide(observation: Observation, situation: Situation): Decision {
  const { secret, pendingDeleted, strange } = observation;
  if (secret === "deleted" || secret === "recovering") return { kind: "recoverSecret", secret: "published" };
  if (pendingDeleted !== null) return { kind: "recoverSecret", secret: "pending" };
  const elsewhere = findElsewhere(observation, situation.credential);
  if (elsewhere !== null) return { kind: "elsewhere", ...elsewhere };
  if (observation.intents.length > 0) return decideIntent(observation, situation);
  // Something claims to be an open rotation: no new value before a person has looked at it.
  if (strange.length > 0) {
    const foreign = strange.some(({ credential }) => credential !== null);
    return { kind: "refused", code: foreign ? "CREDENTIAL_CHANGED" : "SECRET_UNREADABLE" };
  }
  return decideIdle(observation, situation);
}

import type { Intent, RotationKey } from "../model/credential.ts";
import type { Decision, Situation } from "./decision.ts";
import type { Observation } from "./observation.ts";
import { isBeyond, sameKey } from "./secretTags.ts";

/** A value that Azure Resource Manager refused so often is given up, if the published one is still good. */
const MOST_ATTEMPTS = 3;

/**
 * What becomes of the open intents. The newest that nothing fences off runs forward; the others end once it has closed.
 * Generations collide when two workers prepare at once, so each fence compares rotation ids too.
 */
export function decideIntent(observation: Observation, situation: Situation): Decision {
  const verdicts = observation.intents.map((intent) => verdictOf(intent, observation, situation));
  // Consumers first: what ends an intent without a change can wait until one was run forward.
  const forward = verdicts.find(({ kind }) => kind === "resume") ?? verdicts.find(({ kind }) => kind !== "settle");
  return forward ?? verdicts[0] ?? { kind: "healthy" };
}

function verdictOf(intent: Intent, observation: Observation, { proofs }: Situation): Decision {
  const { published, ledger, secret } = observation;
  const publishedKey: RotationKey | null = published?.key ?? null;
  const isPublished = publishedKey?.rotationId === intent.rotationId;
  const isApplied = ledger !== null && sameKey(ledger, intent);
  const isFenced = ledger !== null && isBeyond(ledger, intent);

  if (isPublished && !isFenced) return { kind: "resume", intent, applied: isApplied };
  // The ledger went on, yet consumers read this one: only a login tells whether it is good.
  if (isPublished) return afterProof(proofs.published, { accepted: "done", rejected: "superseded" }, intent);
  // A compensation gives the published rotation the generation after the intent's.
  const isCompensated =
    isFenced && ledger.rotationId === publishedKey?.rotationId && publishedKey.generation < intent.generation;
  if (isCompensated) return afterProof(proofs.published, { accepted: "rolledback", rejected: "superseded" }, intent);
  if (isFenced || (publishedKey !== null && isBeyond(publishedKey, intent)))
    return { kind: "settle", intent, end: "superseded" };
  if (isApplied) return { kind: "resume", intent, applied: true };
  // Whoever disabled the newest version may have had a reason; nothing is changed until it is known.
  if (secret === "disabled") return { kind: "broken", code: "SECRET_DISABLED" };
  // Its value is in force nowhere and never will be. While the role is the published one, a person may make it again.
  if (observation.missingRoles.has(intent.role) && isOfAnother(published, intent.role))
    return { kind: "settle", intent, end: "rolledback", because: "ROLE_MISSING" };
  if (intent.strategy === "alternating" && intent.role === published?.user) {
    if (proofs.published === null) return { kind: "prove" };
    if (proofs.published === "unanswered") return { kind: "unknown" };
    // The role became the published one meanwhile: while that logs in, its password is not touched.
    if (proofs.published === "accepted") return { kind: "settle", intent, end: "superseded" };
  }
  if ((observation.attempts.get(intent.rotationId) ?? 0) >= MOST_ATTEMPTS && published !== null) {
    if (proofs.published === null) return { kind: "prove" };
    if (proofs.published === "accepted") return { kind: "settle", intent, end: "rolledback" };
  }
  return { kind: "resume", intent, applied: false };
}

function isOfAnother(published: Observation["published"], role: string): boolean {
  return published === null || (published.user !== null && published.user !== role);
}

function afterProof(
  proof: Situation["proofs"]["published"],
  ends: { readonly accepted: "done" | "rolledback"; readonly rejected: "superseded" },
  intent: Intent,
): Decision {
  if (proof === null) return { kind: "prove" };
  return proof === "unanswered" ? { kind: "unknown" } : { kind: "settle", intent, end: ends[proof] };
}

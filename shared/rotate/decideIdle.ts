import { ageLimit } from "./ageLimit.ts";
import type { Decision, Situation } from "./decision.ts";
import type { Observation, PublishedVersion, StoredVersion } from "./observation.ts";
import { isBeyond } from "./secretTags.ts";

/** What a tick does when no intent is open: prove what is published, mend it, or begin a rotation. */
export function decideIdle(observation: Observation, situation: Situation): Decision {
  const { published, secret } = observation;
  if (published === null) {
    if (secret === "disabled") return { kind: "broken", code: "SECRET_DISABLED" };
    return withoutPublished(observation, situation);
  }
  const isEnabled = situation.credential.enabled;
  if (published.pair === null) {
    const source = candidates(observation, situation)[0];
    return source === undefined ? { kind: "broken", code: "SECRET_UNREADABLE" } : { kind: "republish", source };
  }
  switch (situation.proofs.published) {
    case null:
      return { kind: "prove" };
    case "unanswered":
      return { kind: "unknown" };
    case "accepted":
      return isEnabled ? whenAccepted(published, observation, situation) : { kind: "healthy" };
    case "rejected":
      return whenRejected(published, observation, situation);
  }
}

function withoutPublished(observation: Observation, situation: Situation): Decision {
  const source = candidates(observation, situation)[0];
  if (source !== undefined) return { kind: "republish", source };
  const mayBegin = situation.wish !== "recover" && situation.credential.enabled;
  return mayBegin ? { kind: "rotate", repair: false } : { kind: "refused", code: "SECRET_MISSING" };
}

function whenAccepted(published: PublishedVersion, observation: Observation, situation: Situation): Decision {
  const { credential, wish, now } = situation;
  const { ledger } = observation;
  if (published.key === null) return { kind: "import", adopted: observation.highest > 0 };
  const usesLedger = credential.strategy !== "admin";
  // A late write put an older rotation on top; the newer one still logs in or is refused at the attempt.
  const source = usesLedger ? candidates(observation, situation)[0] : undefined;
  if (source !== undefined) return { kind: "republish", source };
  if (usesLedger && (ledger === null || ledger.generation < published.key.generation)) return { kind: "record" };
  const isDue = wish === "rotateNow" || (wish === "rotateIfDue" && now >= ageLimit(credential, published.createdAt));
  return isDue ? { kind: "rotate", repair: false } : { kind: "healthy" };
}

function whenRejected(published: PublishedVersion, observation: Observation, situation: Situation): Decision {
  const { credential, proofs, wish } = situation;
  const { ledger } = observation;
  // 28P01 also says that the role is gone or that VALID UNTIL has passed: no other password would help.
  if (proofs.roleFault !== null) return { kind: "broken", code: proofs.roleFault };
  const source = candidates(observation, situation)[0];
  if (source !== undefined) return { kind: "republish", source };
  if (!credential.enabled) return { kind: "broken", code: "LOGIN_REFUSED" };
  const isOlderDatabase = ledger === null || (published.key !== null && ledger.generation < published.key.generation);
  if (credential.strategy !== "admin" && published.key !== null && isOlderDatabase) return { kind: "reapply" };
  if (wish === "rotateNow") return { kind: "rotate", repair: true };
  // A first import whose value is wrong says nothing about who set what: rotating is for whoever asks for it.
  if (observation.highest === 0) return { kind: "broken", code: "LOGIN_REFUSED" };
  return credential.outOfBand === "rotate" ? { kind: "rotate", repair: true } : { kind: "broken", code: "OUT_OF_BAND" };
}

/** Wrong passwords count toward a ban (credcheck), so only so many stored values are tried in one tick. */
const MOST_REFUSALS = 3;
/** How far behind a worker may be that was paused before it asked Resource Manager. */
const LATE_GENERATIONS = 2;

/**
 * Stored values that may be what the server accepts, best first. With a ledger only the one that it names, unless the
 * ledger is older than what is published: a restored database must not bring its old password back. Without a ledger
 * the generations around the published one: a late request to Resource Manager brings back the one before.
 */
function candidates({ published, ledger, stored }: Observation, { credential, proofs }: Situation): StoredVersion[] {
  const current = published?.key ?? null;
  if (proofs.refused.size >= MOST_REFUSALS) return [];
  return stored
    .filter((version) => {
      if (version.rotationId === current?.rotationId || proofs.refused.has(version.rotationId)) return false;
      if (credential.strategy === "admin")
        return current === null || version.generation >= current.generation - LATE_GENERATIONS;
      if (ledger === null || (current !== null && !isBeyond(ledger, current))) return false;
      return version.rotationId === ledger.rotationId;
    })
    .toSorted(
      (a, b) =>
        b.generation - a.generation ||
        Number(b.secret === "published") - Number(a.secret === "published") ||
        a.rotationId.localeCompare(b.rotationId, "en"),
    );
}

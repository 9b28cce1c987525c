import type { Observation, PublishedVersion } from "./observation.ts";
import type { Intent } from "../model/credential.ts";
import type { RotationCode } from "./rotationError.ts";
import type { PublishedFacts, Remark, TickReport, TickState } from "./tickReport.ts";

/** What a tick knows so far; it survives a pass that a lost answer ended. */
export interface Progress {
  /** The most that was done. */
  acted: TickState | null;
  published: PublishedVersion | null;
  logsIn: boolean | null;
  intent: Intent | null;
  /** The last one; what is done after it stands in the fields above. */
  observed: Observation | null;
  readonly remarks: Remark[];
}

export function noProgress(): Progress {
  return { acted: null, published: null, logsIn: null, intent: null, observed: null, remarks: [] };
}

/** Faults of the way there: they say nothing about the credential. */
const outOfReach: ReadonlySet<RotationCode> = new Set<RotationCode>([
  "VAULT_UNREACHABLE",
  "VAULT_THROTTLED",
  "VAULT_READ_ONLY",
  "DATABASE_UNREACHABLE",
  "DATABASE_IN_RECOVERY",
  "ARM_UNREACHABLE",
  "ARM_BUSY",
  "LEASE_LOST",
  "DEADLINE",
]);

/** How a tick ended that could not go on. */
export function stateAfterFault({ intent, acted, logsIn }: Progress, code: RotationCode): TickState {
  if (intent !== null) return "open";
  if (acted !== null) return acted;
  if (code === "STALE_CONSUMER") return "postponed";
  if (logsIn === false) return "broken";
  return outOfReach.has(code) ? "unknown" : "refused";
}

export function publishedFacts({ version, user, key, createdAt, expiresAt }: PublishedVersion): PublishedFacts {
  return { version, user, key, createdAt, expiresAt };
}

export function intentFacts(intent: Intent | null): TickReport["intent"] {
  if (intent === null) return null;
  const { generation, rotationId, role, createdAt } = intent;
  return { key: { generation, rotationId }, role, createdAt };
}

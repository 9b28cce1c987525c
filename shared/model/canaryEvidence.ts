import type { UnavailableReason } from "./section.ts";

/** What came of one canary of the policy: what the role saw, or why nobody knows. */
export type CanaryLook = CanarySeen | CanaryUnseen;

interface CanaryPlace {
  /** The canary's name in the policy. */
  readonly name: string;
  readonly role: string;
}

export interface CanarySeen extends CanaryPlace {
  readonly state: "looked";
  /** Whether the role sees a row that it must not see. */
  readonly visible: boolean;
  /** Whether the witness sees one; null: the canary has no witness, or the role itself saw the row. */
  readonly witnessed: boolean | null;
}

export interface CanaryUnseen extends CanaryPlace {
  readonly state: "failed";
  readonly reason: UnavailableReason;
  /** One sentence or two: what stood in the way, and for a missing right what grants it. */
  readonly detail: string;
  /** The role that pgwarden's login may not become; null when something else was missing. */
  readonly missingRole: string | null;
}

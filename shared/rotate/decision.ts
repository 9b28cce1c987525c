import type { Credential, Intent, IntentEnd } from "../model/credential.ts";
import type { Elsewhere } from "./elsewhere.ts";
import type { StoredVersion } from "./observation.ts";
import type { LoginOutcome } from "./ports.ts";
import type { RotationCode } from "./rotationError.ts";

/** What the login attempts of this tick have taught; null: not tried. */
export interface Proofs {
  readonly published: LoginOutcome["state"] | null;
  /** Rotation ids of stored values that were refused, or that hold no login. */
  readonly refused: ReadonlySet<string>;
  /** Why a refused login is not the password's fault, when it is not: the role is missing, or VALID UNTIL has passed. */
  readonly roleFault: RotationCode | null;
}

export interface Situation {
  readonly credential: Credential;
  readonly proofs: Proofs;
  /** Whether a tick may begin a rotation: not at all, when one is due, or in any case. */
  readonly wish: "recover" | "rotateIfDue" | "rotateNow";
  readonly now: Date;
}

/** Something to do, after which everything is read anew. */
export type Action =
  | { readonly kind: "recoverSecret"; readonly secret: "published" | "pending" }
  | { readonly kind: "resume"; readonly intent: Intent; readonly applied: boolean }
  | { readonly kind: "settle"; readonly intent: Intent; readonly end: IntentEnd; readonly because?: "ROLE_MISSING" }
  /** What is published logs in; the ledger does not know it yet. */
  | { readonly kind: "record" }
  /** A version that others wrote logs in. `adopted`: it took the place of one of ours. */
  | { readonly kind: "import"; readonly adopted: boolean }
  | { readonly kind: "republish"; readonly source: StoredVersion }
  /** The database is older than the vault: give the role the published value once more. */
  | { readonly kind: "reapply" }
  | { readonly kind: "rotate"; readonly repair: boolean };

/** Nothing is left to do. */
export type Ending =
  | { readonly kind: "healthy" }
  | { readonly kind: "broken"; readonly code: RotationCode }
  | { readonly kind: "refused"; readonly code: RotationCode }
  | ({ readonly kind: "elsewhere" } & Elsewhere)
  | { readonly kind: "unknown" };

/** `prove`: log in with what consumers read, then decide again. */
export type Decision = Action | Ending | { readonly kind: "prove" };

export function isEnding(decision: Action | Ending): decision is Ending {
  return ["healthy", "broken", "refused", "elsewhere", "unknown"].includes(decision.kind);
}

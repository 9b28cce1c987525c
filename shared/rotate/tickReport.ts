import type { RotationKey } from "../model/credential.ts";
import type { SeenCredential } from "../model/credentialEvidence.ts";
import type { RotationCode } from "./rotationError.ts";

/** The steps of the protocol, and those that a tick takes beside it. */
export type StepName =
  | "preflight"
  | "prepare"
  | "apply"
  | "verify"
  | "publish"
  | "close"
  | "prove"
  | "import"
  | "repair"
  | "compensate"
  | "recoverSecret"
  | "housekeeping";

/** One step of one tick: what an audit line and a row of PgWardenRotation_CL are made from. No secret. */
export interface RotationStep {
  readonly step: StepName;
  /** `found`: it was done already. */
  readonly outcome: "done" | "found" | "failed" | "skipped";
  readonly key: RotationKey | null;
  readonly role: string | null;
  /** Version of the secret that the step wrote or read. */
  readonly secretVersion: string | null;
  readonly code: RotationCode | null;
  /** One sentence. */
  readonly message: string;
  readonly remedy: string | null;
  /** ISO 8601. */
  readonly at: string;
  readonly durationMs: number;
}

/**
 * How a tick ended. `healthy`: the published secret logs in and nothing was due. `rotated`, `recovered` (an open intent
 * was run forward), `repaired` (the published secret did not log in and now does), `imported`: something was done.
 * `postponed`: due, but not now. `busy`: another worker has it. `open`: an intent is open and the next tick goes on.
 * `broken`: the published secret does not log in and nothing here may mend it. `refused`: preflight found a fault.
 * `unknown`: nothing could be learned, such as with the server or the vault out of reach.
 */
export type TickState =
  | "healthy"
  | "rotated"
  | "recovered"
  | "repaired"
  | "imported"
  | "postponed"
  | "busy"
  | "open"
  | "broken"
  | "refused"
  | "unknown";

/** Something that a person should know, beside how the tick ended. */
export interface Remark {
  readonly code: RotationCode;
  readonly message: string;
  readonly remedy: string | null;
}

export interface TickReport {
  readonly credential: string;
  readonly state: TickState;
  readonly steps: readonly RotationStep[];
  readonly remarks: readonly Remark[];
  readonly published: (PublishedFacts & { readonly logsIn: boolean | null }) | null;
  readonly intent: { readonly key: RotationKey; readonly role: string; readonly createdAt: string } | null;
  /** What vault and ledger held at its end; null when it did not read them. */
  readonly seen: SeenCredential | null;
}

export interface PublishedFacts {
  readonly version: string;
  readonly user: string | null;
  /** Null for a version that pgwarden did not write. */
  readonly key: RotationKey | null;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly expiresAt: string | null;
}

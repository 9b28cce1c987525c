import type { Intent, LedgerRow, RotationKey, SecretPair } from "../model/credential.ts";
import type { LatestSecret, SecretFacts } from "./ports.ts";

/** The version that consumers read. */
export interface PublishedVersion extends SecretFacts {
  /** Null for a version that pgwarden did not write. */
  readonly key: RotationKey | null;
  /** From the value, from the tag when the value is a bare password; null when neither tells. */
  readonly user: string | null;
  /** Null when the value holds no login that can be understood. */
  readonly pair: SecretPair | null;
}

/** A version that could be published (again): its rotation id is one that the ledger may name. */
export interface StoredVersion extends RotationKey {
  readonly secret: "published" | "pending";
  readonly version: string;
}

/** Everything that recovery decides from: vault and ledger. */
export interface Observation {
  readonly secret: LatestSecret["state"];
  readonly pendingDeleted: "deleted" | "recovering" | null;
  readonly published: PublishedVersion | null;
  /** Open ones, newest first. */
  readonly intents: readonly Intent[];
  /** How often Azure Resource Manager refused the value of an open intent, by rotation id. */
  readonly attempts: ReadonlyMap<string, number>;
  /** Versions that claim to be open and that pgwarden cannot read, or that belong to another credential. */
  readonly strange: readonly { readonly version: string; readonly credential: string | null }[];
  /** Roles of open intents that the server does not have; unknown, so none, for a strategy without ledger. */
  readonly missingRoles: ReadonlySet<string>;
  /** Null: no row; a strategy without ledger never has one. */
  readonly ledger: LedgerRow | null;
  /** Both secrets, whatever the state of the version; without those that are disabled. */
  readonly stored: readonly StoredVersion[];
  /** The highest generation anywhere; 0 before the first. */
  readonly highest: number;
}

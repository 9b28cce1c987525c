import type { SecretValue } from "./secretValue.ts";

/** Which role gets the next password: the one of a pair that is not published, the only one, or the administrator. */
export type Strategy = "alternating" | "single" | "admin";

/** A secret by name; Key Vault compares names without case. */
export interface SecretRef {
  /** `https://<vault>.vault.azure.net`, without a slash at the end. */
  readonly vault: string;
  readonly name: string;
}

/** What the published secret's value is: a JSON object, a `postgresql://` URI, or the bare password. */
export type SecretFormat = "json" | "uri" | "password";

/** A managed name for one or two roles and their published secret, from pgwarden.yaml with every default filled in. */
export interface Credential {
  readonly name: string;
  /** Name of the server, as in the inventory. */
  readonly server: string;
  readonly strategy: Strategy;
  /** alternating: the pair; single: the one role; admin: none, Azure Resource Manager names it. */
  readonly roles: readonly string[];
  /** alternating: the NOLOGIN role that owns what both logins make (`SET role`); null for the other strategies. */
  readonly owner: string | null;
  /** The database that a login is proved against and that consumers are told. */
  readonly database: string;
  readonly published: SecretRef;
  readonly pending: SecretRef;
  readonly format: SecretFormat;
  /** Whether the application reads the secret again for each connection, or the platform keeps a copy of it for a day. */
  readonly consumers: "reread" | "reference";
  readonly maxAgeMs: number;
  /** alternating: how long the previous pair stays untouched; the published secret must be at least this old. */
  readonly overlapMs: number;
  /** When rotations that are due may begin: NCRONTAB in UTC and how long the window stays open; null: at any time. */
  readonly window: { readonly opens: string; readonly durationMs: number } | null;
  /** Characters of a new password; at least 40. */
  readonly passwordLength: number;
  /** What to do about a password that somebody set by hand: tell, or replace it at once. */
  readonly outOfBand: "alert" | "rotate";
  /** `VALID UNTIL` that an apply sets on the role, counted from then; null leaves it alone. */
  readonly validForMs: number | null;
  /** False: nothing new is begun; an open intent is still run forward. */
  readonly enabled: boolean;
}

/** The server of a credential, as rotation needs it. */
export interface CredentialServer {
  /** ARM id in lower case. */
  readonly id: string;
  readonly name: string;
  /** Fully qualified name, the one in the certificate. */
  readonly host: string;
  /** The role that Azure Resource Manager names as administrator. */
  readonly administratorLogin: string;
}

/** A login: what a consumer needs. */
export interface SecretPair {
  readonly user: string;
  readonly password: SecretValue;
}

/** Numbers one rotation: `generation` goes upward and fences, `rotationId` (UUIDv7) is never used again. */
export interface RotationKey {
  readonly generation: number;
  readonly rotationId: string;
}

/** An open rotation: its pending secret is stored, its close was not reached. */
export interface Intent extends RotationKey {
  readonly credential: string;
  readonly strategy: Strategy;
  readonly role: string;
  /** Version of the pending secret that holds the next value. */
  readonly pendingVersion: string;
  /** Further versions with the same rotation id and value: a write that was sent twice. */
  readonly twins: readonly string[];
  /** Name of the server whose role gets the value; null where the value does not say. */
  readonly server: string | null;
  /** Address of the secret that the value is to be published in; null where the value does not say. */
  readonly secret: string | null;
  /** What was published when the intent was opened; null at the very first one. */
  readonly base: { readonly rotationId: string | null; readonly version: string } | null;
  /** ISO 8601. */
  readonly createdAt: string;
  /** admin: the ARM operation that was submitted, as far as it could be noted. */
  readonly operation: string | null;
}

/** How an intent ended. */
export type IntentEnd = "done" | "superseded" | "rolledback";

/** The row of `pgwarden.ledger`: the last generation applied, committed together with the password. */
export interface LedgerRow extends RotationKey {
  readonly credential: string;
  readonly role: string;
  /** ISO 8601. */
  readonly appliedAt: string;
}

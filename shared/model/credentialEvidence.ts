import type { DiagnosticSetting } from "./armEvidence.ts";
import type { LedgerRow, RotationKey, SecretRef, Strategy } from "./credential.ts";
import type { Severity } from "./server.ts";

/** The version that consumers read, without its value. */
export interface PublishedEvidence {
  readonly version: string;
  /** Null when neither value nor tag names one. */
  readonly user: string | null;
  /** Null for a version that pgwarden did not write. */
  readonly key: RotationKey | null;
  /** ISO 8601, as all times here. */
  readonly createdAt: string;
  readonly expiresAt: string | null;
  /** What pgwarden's own tags say; null where there is none. */
  readonly tags: {
    readonly server: string | null;
    readonly user: string | null;
    readonly rotatedAt: string | null;
    readonly rotationId: string | null;
  };
  /** Names of the tags whose value is a password or looks like one; what they hold goes no further. */
  readonly suspectTags: readonly string[];
}

export interface IntentEvidence extends RotationKey {
  readonly role: string;
  readonly createdAt: string;
}

/** What a tick of rotation saw of a credential in Key Vault and in the rotation ledger. No value. */
export interface SeenCredential {
  /** Of the published secret, read without a version. */
  readonly secret: "present" | "absent" | "deleted" | "recovering" | "disabled";
  /** Null unless the secret is `present`. */
  readonly published: PublishedEvidence | null;
  /** Rotations that are open. */
  readonly intents: readonly IntentEvidence[];
  /** Versions of the pending secret that claim to be an open rotation and that pgwarden cannot read. */
  readonly strangeVersions: readonly string[];
  /** Null: no row, or a strategy without ledger. */
  readonly ledger: Pick<LedgerRow, "generation" | "rotationId" | "role" | "appliedAt"> | null;
}

/** What rotation remarked about a credential: a fault, or something that a person should know. */
export interface CredentialNote {
  /** Kebab-case, such as `stale-consumer`. */
  readonly code: string;
  readonly severity: Severity;
  /** States the secure state. */
  readonly title: string;
  readonly message: string;
}

/** One credential of a server: what pgwarden.yaml says of it, and what its last tick saw. */
export interface ManagedCredential {
  readonly name: string;
  readonly strategy: Strategy;
  readonly roles: readonly string[];
  /** alternating: the role that owns what both logins make; null when none is named. */
  readonly owner: string | null;
  readonly database: string;
  readonly enabled: boolean;
  readonly published: SecretRef;
  readonly pending: SecretRef;
  /** When its next rotation may begin; null when none will. */
  readonly nextDueAt: string | null;
  /** Null: no tick has seen it yet. */
  readonly seen: (SeenCredential & { readonly at: string }) | null;
  readonly notes: readonly CredentialNote[];
}

/** What a login with a stored password taught; made by rotation, for a scan has no right to any secret. */
export interface CredentialLogin {
  readonly credential: string;
  /** `published`: what consumers read. `replaced`: the newest version that a later one of the same role took over. */
  readonly secret: "published" | "replaced";
  readonly version: string;
  readonly outcome: "accepted" | "refused" | "untried";
  /** Why it was not tried, or why no password would be accepted. */
  readonly detail: string | null;
  readonly at: string;
}

/** From `GET vaults/{name}` and its diagnostic settings. What the body lacks is null; nothing is defaulted. */
export interface KeyVault {
  /** As credentials name it: https, lower case, no slash at the end. */
  readonly uri: string;
  readonly id: string;
  readonly rbacAuthorization: boolean | null;
  readonly softDelete: boolean | null;
  readonly purgeProtection: boolean | null;
  /** `Enabled`, `Disabled` or `SecuredByPerimeter`. */
  readonly publicNetworkAccess: string | null;
  /** Of the vault's firewall: `Allow` or `Deny`. */
  readonly defaultAction: string | null;
  readonly diagnosticSettings: readonly DiagnosticSetting[];
}

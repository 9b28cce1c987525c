import type { CredentialServer, SecretPair, SecretRef } from "../model/credential.ts";
import type { SecretValue } from "../model/secretValue.ts";

// Everything that a rotation does to the world. Each method is one effect (one request, one statement): tests cut
// before it, after it with the answer lost, or do it twice. Every failure is a RotationError.

/** One version of a secret without its value. */
export interface SecretFacts {
  readonly version: string;
  readonly enabled: boolean;
  readonly contentType: string | null;
  readonly tags: Readonly<Record<string, string>>;
  /** ISO 8601; Key Vault keeps whole seconds. */
  readonly createdAt: string;
  readonly expiresAt: string | null;
}

export interface StoredSecret extends SecretFacts {
  readonly value: SecretValue;
}

/** A read without a version. `disabled`: the newest version is, and Key Vault does not fall back to the one before. */
export type LatestSecret =
  | { readonly state: "present"; readonly secret: StoredSecret }
  | { readonly state: "absent" }
  | { readonly state: "deleted" }
  | { readonly state: "recovering" }
  | { readonly state: "disabled" };

export interface NewSecret {
  readonly value: SecretValue;
  readonly contentType: string;
  readonly tags: Readonly<Record<string, string>>;
  /** ISO 8601. */
  readonly expiresAt: string | null;
}

/** Key Vault. It has no condition on a write and no atomic move: the newest version is what consumers read. */
export interface SecretStore {
  readLatest(secret: SecretRef, signal: AbortSignal): Promise<LatestSecret>;
  readVersion(secret: SecretRef, version: string, signal: AbortSignal): Promise<StoredSecret>;
  /** All versions, in no order; none when there is no such secret. */
  versions(secret: SecretRef, signal: AbortSignal): Promise<readonly SecretFacts[]>;
  write(secret: SecretRef, content: NewSecret, signal: AbortSignal): Promise<SecretFacts>;
  /** Replaces all tags of one version; `enabled` is left alone when it is not given. The value cannot change. */
  update(
    secret: SecretRef,
    version: string,
    change: { readonly tags: Readonly<Record<string, string>>; readonly enabled?: boolean },
    signal: AbortSignal,
  ): Promise<void>;
  /** Brings a soft-deleted secret back; it may take a while until it can be read. */
  recover(secret: SecretRef, signal: AbortSignal): Promise<void>;
}

/** A statement by name, so that tests can cut at it and fakes can answer it. */
export interface Statement {
  /** Such as `ledger.upsert`; unique. */
  readonly name: string;
  readonly sql: string;
}

export type SqlRow = Readonly<Record<string, unknown>>;

/** A session of the rotator on port 5432, TLS verified. Losing it also loses its advisory locks. */
export interface SqlSession {
  readonly major: number;
  /** @throws RotationError `effect` is `unknown` when the answer was lost; `cause` carries `code`, the SQLSTATE, if any */
  run(statement: Statement, values: readonly unknown[], signal: AbortSignal): Promise<readonly SqlRow[]>;
  close(): Promise<void>;
}

export interface RotatorDatabase {
  /** Opens the database that holds the rotation ledger, signed in by the rotator's Entra token. */
  open(server: CredentialServer, signal: AbortSignal): Promise<SqlSession>;
}

/**
 * What a login attempt taught. `accepted`: AuthenticationOk was seen, whatever came after it. `rejected`: the password
 * was refused (28P01 also when VALID UNTIL has passed, or there is no such role). `unanswered`: nothing was learned.
 */
export type LoginOutcome =
  | { readonly state: "accepted"; readonly afterwards: string | null }
  | { readonly state: "rejected"; readonly sqlState: string }
  | { readonly state: "unanswered"; readonly detail: string };

export interface LoginProbe {
  login(server: CredentialServer, pair: SecretPair, database: string, signal: AbortSignal): Promise<LoginOutcome>;
}

/** What Azure Resource Manager says of a server before its administrator's password is changed. */
export interface AdministeredServer {
  readonly state: string;
  readonly passwordAuthentication: boolean;
  /** None, Primary, AsyncReplica … */
  readonly replicationRole: string;
  readonly administratorLogin: string;
}

export interface ServerAdministration {
  read(serverId: string, signal: AbortSignal): Promise<AdministeredServer>;
  /** @returns the id of the operation that was begun, null when the answer named none */
  submitPassword(serverId: string, password: SecretValue, signal: AbortSignal): Promise<string | null>;
  operation(
    serverId: string,
    operation: string,
    signal: AbortSignal,
  ): Promise<"running" | "succeeded" | "failed" | "forgotten">;
}

/** A lease on a blob. It keeps two workers apart cheaply and fences nothing. */
export interface Lease {
  /** False: somebody else has it now. */
  renew(signal: AbortSignal): Promise<boolean>;
  release(signal: AbortSignal): Promise<void>;
}

export interface LeaseStore {
  /** Undefined: another worker holds it. A blob that is missing is made; storage that refuses is no obstacle. */
  acquire(name: string, seconds: number, signal: AbortSignal): Promise<Lease | undefined>;
}

export interface RotationPorts {
  readonly secrets: SecretStore;
  readonly database: RotatorDatabase;
  readonly logins: LoginProbe;
  readonly administration: ServerAdministration;
  readonly leases: LeaseStore;
  now(): Date;
  /** Milliseconds of a clock that never goes back. */
  monotonicMs(): number;
  wait(ms: number, signal: AbortSignal): Promise<void>;
  /** A UUIDv7. */
  newRotationId(): string;
  /** A whole number from 0 to below `limit`, as crypto.randomInt draws it. */
  randomInt(limit: number): number;
  randomBytes(size: number): Uint8Array;
}

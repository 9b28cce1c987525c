/** What stands in the way of a rotation, or what a tick found; the name that findings, rows and alerts use. */
export type RotationCode =
  // Key Vault
  | "VAULT_DENIED"
  | "VAULT_READ_ONLY"
  | "VAULT_THROTTLED"
  | "VAULT_UNREACHABLE"
  | "SECRET_MISSING"
  | "SECRET_DELETED"
  | "SECRET_DISABLED"
  | "SECRET_UNREADABLE"
  | "SECRET_REFUSED"
  | "VERSIONS_MANY"
  // PostgreSQL
  | "DATABASE_UNREACHABLE"
  | "DATABASE_IN_RECOVERY"
  | "DATABASE_REFUSED"
  | "ROLE_MISSING"
  | "ROLE_CANNOT_LOG_IN"
  | "ROLE_PRIVILEGED"
  | "ROLE_EXPIRED"
  | "RIGHT_MISSING"
  | "VERIFIER_REFUSED"
  | "SCRAM_NOT_ACCEPTED"
  | "STATEMENTS_LOGGED"
  | "LEDGER_MISSING"
  | "LEDGER_ALTERED"
  | "LOGIN_REFUSED"
  // Azure Resource Manager
  | "ARM_NOOP"
  | "ARM_BUSY"
  | "ARM_DENIED"
  | "ARM_REFUSED"
  | "ARM_UNREACHABLE"
  | "PASSWORD_AUTHENTICATION_OFF"
  // What a tick found
  | "PAIR_DRIFT"
  | "STALE_CONSUMER"
  | "REFERENCE_CONSUMER"
  | "OUT_OF_BAND"
  | "SUPERSEDED"
  | "CREDENTIAL_CHANGED"
  | "SERVER_MISSING"
  | "LEASE_LOST"
  | "DEADLINE";

export interface RotationErrorOptions {
  readonly code: RotationCode;
  /** What the caller must assume about the effect of the call that failed. */
  readonly effect: "none" | "applied" | "unknown";
  /** What to run or to grant, as commands or SQL; null where nobody but time can help. */
  readonly remedy?: string | null;
  /** When the service asked to come back, in milliseconds; null when it did not say. */
  readonly retryAfterMs?: number | null;
  readonly cause?: unknown;
}

/** A step of a rotation did not happen, or nobody knows whether it did. Its message names no secret. */
export class RotationError extends Error {
  override readonly name = "RotationError";
  readonly code: RotationCode;
  readonly effect: "none" | "applied" | "unknown";
  readonly remedy: string | null;
  readonly retryAfterMs: number | null;

  constructor(message: string, { code, effect, remedy = null, retryAfterMs = null, cause }: RotationErrorOptions) {
    super(message, { cause });
    this.code = code;
    this.effect = effect;
    this.remedy = remedy;
    this.retryAfterMs = retryAfterMs;
  }
}

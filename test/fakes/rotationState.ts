import { SecretValue } from "../../shared/model/secretValue.ts";
import { scramVerifier } from "../../shared/rotate/scramVerifier.ts";

export interface FakeVersion {
  readonly version: string;
  readonly value: string;
  readonly contentType: string | null;
  tags: Readonly<Record<string, string>>;
  enabled: boolean;
  readonly createdAt: string;
  readonly expiresAt: string | null;
}

export interface FakeSecret {
  /** In the order they were written: the last is what a read without a version gives. */
  versions: FakeVersion[];
  state: "live" | "deleted" | "recovering";
}

export interface FakeRole {
  verifier: string | null;
  canLogIn: boolean;
  privileged: boolean;
  connectionLimit: number;
  validUntil: string | null;
  settings: readonly string[];
  memberOf: readonly string[];
  manageable: boolean;
}

export interface FakeLedgerRow {
  readonly generation: number;
  readonly rotationId: string;
  readonly role: string;
  readonly appliedAt: string;
}

/** The outside world of a rotation as plain data: it can be cloned, compared and changed by hand. */
export interface RotationState {
  nowMs: number;
  seed: number;
  vault: Map<string, FakeSecret>;
  /** `readOnly`: reads are answered, writes are not. */
  vaultMode: "ok" | "readOnly" | "denied" | "unreachable";
  roles: Map<string, FakeRole>;
  ledger: Map<string, FakeLedgerRow> | null;
  settings: Map<string, string>;
  /** Who uses which role. */
  sessions: { role: string; application: string; client: string }[];
  /** Holder of each advisory lock: id of a session. */
  locks: Map<string, number>;
  liveSessions: Set<number>;
  leases: Map<string, { holder: number; endsAtMs: number }>;
  arm: {
    state: string;
    passwordAuthentication: boolean;
    administratorLogin: string;
    replicationRole: string;
    operations: Map<string, "running" | "succeeded" | "failed" | "forgotten">;
    next: "succeeded" | "failed" | "refused" | "busy";
  };
  /** Each statement that was run, with its values: what a server's log may hold. */
  statements: string[];
}

/** A small generator with a known sequence (mulberry32). */
export function nextRandom(state: Pick<RotationState, "seed">): number {
  state.seed = (state.seed + 0x6d2b79f5) | 0;
  let t = Math.imul(state.seed ^ (state.seed >>> 15), 1 | state.seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
}

const checked = new Map<string, boolean>();

/** Whether a password is the one behind a verifier, computed as the server does. */
export function matches(verifier: string | null, password: string): boolean {
  const parts = /^SCRAM-SHA-256\$(\d+):([^$]+)\$/.exec(verifier ?? "");
  if (verifier === null || parts === null) return false;
  const memo = `${verifier}\n${password}`;
  const known = checked.get(memo);
  if (known !== undefined) return known;
  const salt = Buffer.from(parts[2] ?? "", "base64");
  const result = scramVerifier(new SecretValue(password), salt, Number(parts[1])) === verifier;
  checked.set(memo, result);
  return result;
}

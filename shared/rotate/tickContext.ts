import { createHash } from "node:crypto";
import type { Credential, CredentialServer, Intent, SecretPair } from "../model/credential.ts";
import type { LoginOutcome, RotationPorts, SqlSession } from "./ports.ts";
import { RotationError } from "./rotationError.ts";
import type { StepLog } from "./stepLog.ts";
import type { Remark } from "./tickReport.ts";

/** What the steps of one tick share. */
export interface TickContext {
  readonly credential: Credential;
  readonly server: CredentialServer;
  readonly ports: RotationPorts;
  readonly signal: AbortSignal;
  /** Holds the advisory lock; null for `admin`, which has no ledger. */
  readonly session: SqlSession | null;
  readonly log: StepLog;
  /** By digest of user and password: a value that was refused is not tried again in this tick. */
  readonly refusals: Map<string, LoginOutcome>;
  readonly remark: (remark: Remark) => void;
  /**
   * Called immediately before each outside effect: time is left, the lease is ours, the locked session answers.
   *
   * @throws RotationError `DEADLINE` or `LEASE_LOST`, with effect `none`
   */
  readonly guard: () => Promise<void>;
  /** Writes down the steps so far: a worker that dies after its next effect leaves their audit lines. */
  readonly writeDown: () => Promise<void>;
}

/** The session of a strategy that changes passwords by SQL. */
export function sqlSession({ session }: TickContext): SqlSession {
  if (session === null) throw new Error("This strategy has no session.");
  return session;
}

/** One login. A password that was refused in this tick is not sent again: failed logins add up to a ban. */
export async function login(context: TickContext, pair: SecretPair): Promise<LoginOutcome> {
  const { credential, server, ports, refusals, signal } = context;
  const memo = digestOf(pair);
  const refused = refusals.get(memo);
  if (refused !== undefined) return refused;
  const outcome = await ports.logins.login(server, pair, credential.database, signal);
  if (outcome.state === "rejected") refusals.set(memo, outcome);
  return outcome;
}

/** The password was changed, so an earlier refusal says nothing any more. */
export function forgetRefusal({ refusals }: TickContext, pair: SecretPair): void {
  refusals.delete(digestOf(pair));
}

function digestOf({ user, password }: SecretPair): string {
  return createHash("sha256").update(`${user}\n${password.reveal()}`).digest("hex");
}

/** @throws RotationError `DATABASE_UNREACHABLE` when a login taught nothing */
export function unansweredLogin(intent: Intent, detail: string): RotationError {
  const message = `Nobody knows whether role ${intent.role} can log in with generation ${intent.generation}: ${detail}`;
  return new RotationError(message, { code: "DATABASE_UNREACHABLE", effect: "unknown" });
}

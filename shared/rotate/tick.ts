import type { Credential, CredentialServer } from "../model/credential.ts";
import { takeLock } from "./ledgerSql.ts";
import type { Lease, RotationPorts, SqlSession } from "./ports.ts";
import { intentFacts, noProgress, publishedFacts, stateAfterFault, type Progress } from "./progress.ts";
import { RotationError } from "./rotationError.ts";
import { runDecisions } from "./runDecisions.ts";
import { LEASE_SECONDS, sessionGuard } from "./sessionGuard.ts";
import { seenCredential } from "./seenCredential.ts";
import { stepLog, type StepLog } from "./stepLog.ts";
import { strategyOf } from "./strategies/strategyOf.ts";
import type { RotationStep, TickReport, TickState } from "./tickReport.ts";

/** `recover` runs an open intent forward and proves what is published; it begins a rotation only as a repair. */
export type Wish = "recover" | "rotateIfDue" | "rotateNow";

export interface TickRequest {
  readonly credential: Credential;
  readonly server: CredentialServer;
  readonly wish: Wish;
  /** How long the tick may take; no change is begun in its last 20 s. */
  readonly budgetMs?: number;
}

/**
 * Takes the steps as they happen; `flush` is awaited before the first outside effect, before a password is changed, and
 * at the end: never between the change and its publication.
 */
export interface StepJournal {
  note(step: RotationStep): void;
  flush(signal: AbortSignal): Promise<void>;
}

const BUDGET_MS = 480_000;
/** The first, and one more when the answer to an effect was lost: what it did is read, not guessed. */
const PASSES = 2;

interface Tick extends TickRequest {
  readonly ports: RotationPorts;
  readonly log: StepLog;
  readonly progress: Progress;
  readonly lease: Lease;
  readonly leasedAtMs: number;
  readonly endsAtMs: number;
  /** Awaited before the first outside effect. */
  readonly announce: () => Promise<void>;
}

/**
 * One run of the state machine for one credential: an open intent is run forward, the published secret is proved by a
 * login and mended where it can be, and a rotation is begun where that is wished.
 *
 * @returns how it ended; faults of the world are part of it
 */
export async function tick(
  request: TickRequest,
  ports: RotationPorts,
  journal: StepJournal,
  signal: AbortSignal,
): Promise<TickReport> {
  const progress = noProgress();
  const log = stepLog(ports, (step) => {
    journal.note(step);
  });
  const state = await underLease(request, ports, { log, progress, announce: () => journal.flush(signal) }, signal);
  await journal.flush(signal);
  const { published, logsIn, remarks, intent } = progress;
  return {
    credential: request.credential.name,
    state,
    steps: log.steps,
    remarks,
    published: published === null ? null : { ...publishedFacts(published), logsIn },
    intent: intentFacts(intent),
    seen: seenCredential(progress),
  };
}

async function underLease(
  request: TickRequest,
  ports: RotationPorts,
  { log, progress, announce }: Pick<Tick, "log" | "progress" | "announce">,
  signal: AbortSignal,
): Promise<TickState> {
  const leasedAtMs = ports.monotonicMs();
  try {
    const lease = await ports.leases.acquire(request.credential.name, LEASE_SECONDS, signal);
    if (lease === undefined) return "busy";
    const endsAtMs = leasedAtMs + (request.budgetMs ?? BUDGET_MS);
    try {
      return await passes({ ...request, ports, log, progress, lease, leasedAtMs, endsAtMs, announce }, signal);
    } finally {
      await quietly(lease.release(signal));
    }
  } catch (error) {
    return faultState(error, progress, signal);
  }
}

async function passes(tick: Tick, signal: AbortSignal): Promise<TickState> {
  for (let pass = 1; ; pass += 1) {
    try {
      return await onePass(tick, pass, signal);
    } catch (error) {
      if (!(error instanceof RotationError) || pass === PASSES || signal.aborted) throw error;
      // With an open intent consumers may wait for it: a session that was lost is worth another one at once.
      const isCutOff = error.code === "DATABASE_UNREACHABLE" && tick.progress.intent !== null;
      if ((error.effect !== "unknown" && !isCutOff) || error.code === "ARM_NOOP") throw error;
    }
  }
}

async function onePass(tick: Tick, pass: number, signal: AbortSignal): Promise<TickState> {
  const { credential, server, ports, progress } = tick;
  const { usesLedger } = strategyOf(credential.strategy);
  const session = usesLedger ? await ports.database.open(server, signal) : null;
  try {
    if (session !== null && !(await hasLock(session, credential, signal))) {
      return progress.intent === null ? (progress.acted ?? "busy") : "open";
    }
    return await runDecisions(contextOf(tick, session, signal), pass === 1 ? tick.wish : laterWish(tick), progress);
  } finally {
    if (session !== null) await quietly(session.close());
  }
}

/** A rotation that was finished, or prepared, in the pass before is not begun twice. */
function laterWish({ wish, progress }: Tick): Wish {
  return progress.acted === null && progress.intent === null ? wish : "recover";
}

function contextOf(tick: Tick, session: SqlSession | null, signal: AbortSignal) {
  const { credential, server, ports, log, progress } = tick;
  const check = sessionGuard({ session, ...tick }, ports, signal);
  let isAnnounced = false;
  return {
    credential,
    server,
    ports,
    signal,
    session,
    log,
    refusals: new Map(),
    remark: addRemark(progress),
    writeDown: tick.announce,
    async guard() {
      if (!isAnnounced) await tick.announce();
      isAnnounced = true;
      await check();
    },
  };
}

function addRemark({ remarks }: Progress): (remark: TickReport["remarks"][number]) => void {
  return (remark) => {
    if (!remarks.some(({ code, message }) => code === remark.code && message === remark.message)) remarks.push(remark);
  };
}

async function hasLock(session: SqlSession, { name }: Credential, signal: AbortSignal): Promise<boolean> {
  const [row] = await session.run(takeLock, [name], signal);
  return row?.["taken"] === true;
}

function faultState(error: unknown, progress: Progress, signal: AbortSignal): TickState {
  const fault = error instanceof RotationError ? error : signal.aborted ? outOfTime(error) : null;
  if (fault === null) throw error;
  const { code, message, remedy } = fault;
  addRemark(progress)({ code, message, remedy });
  return stateAfterFault(progress, code);
}

function outOfTime(cause: unknown): RotationError {
  return new RotationError("The tick was told to stop.", { code: "DEADLINE", effect: "unknown", cause });
}

/** What is let go ends by itself when this fails: a lease runs out, a lost session has no lock. */
async function quietly(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof RotationError)) throw error;
  }
}

import { askSession } from "./ledgerSql.ts";
import type { Lease, RotationPorts, SqlSession } from "./ports.ts";
import { RotationError } from "./rotationError.ts";

export const LEASE_SECONDS = 60;
/** An effect is not begun when less than this is left, of the lease or of the time that the tick was given. */
const MARGIN_MS = 20_000;

interface GuardOptions {
  readonly session: SqlSession | null;
  readonly lease: Lease;
  readonly leasedAtMs: number;
  /** Of the monotonic clock. */
  readonly endsAtMs: number;
}

/**
 * The check before each outside effect. A lease is a hint and storage may be out of reach: then the lease counts for
 * as long as it was last granted. The advisory lock lives as long as the session, which therefore has to answer.
 */
export function sessionGuard(
  { session, lease, leasedAtMs, endsAtMs }: GuardOptions,
  { monotonicMs }: Pick<RotationPorts, "monotonicMs">,
  signal: AbortSignal,
): () => Promise<void> {
  let leaseEndsMs = leasedAtMs + LEASE_SECONDS * 1000;

  return async () => {
    signal.throwIfAborted();
    const askedAtMs = monotonicMs();
    if (endsAtMs - askedAtMs < MARGIN_MS) {
      const message = `Less than ${MARGIN_MS / 1000} s are left, too little for another change.`;
      throw new RotationError(message, { code: "DEADLINE", effect: "none" });
    }
    const renewed = await lease.renew(signal).catch((error: unknown) => {
      if (error instanceof RotationError) return undefined;
      throw error;
    });
    if (renewed === true) leaseEndsMs = askedAtMs + LEASE_SECONDS * 1000;
    if (renewed === false || leaseEndsMs - monotonicMs() < MARGIN_MS) {
      const message = "Another worker has the lease, or it could not be renewed in time.";
      throw new RotationError(message, { code: "LEASE_LOST", effect: "none" });
    }
    await session?.run(askSession, [], signal);
  };
}

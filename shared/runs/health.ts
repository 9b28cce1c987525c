import { readLastRecover, readLastStart } from "./rotationHints.ts";
import { readLastRun } from "./runState.ts";
import type { ScanPorts } from "./scanPorts.ts";

/** A scan is late when none has finished for this long. */
const staleMs = 26 * 3_600_000;

/** Recovery is late when none has finished for this long: six of its ticks by default. */
const staleRecoveryMs = 30 * 60_000;

export interface Health {
  /**
   * `unavailable`: the state cannot be read. `stale`: no scan has finished in 26 hours, or no recovery of credentials in
   * 30 minutes since the first.
   */
  readonly status: "ok" | "stale" | "neverScanned" | "unavailable";
  readonly lastRun: {
    readonly runId: string;
    readonly status: string;
    readonly finishedAt: string;
    readonly ageSeconds: number;
  } | null;
  /** Null without credentials. Ages are seconds; null for what has not run yet. */
  readonly rotation: {
    readonly recoveredAgeSeconds: number | null;
    readonly startedAgeSeconds: number | null;
    /** Of the last run that began rotations: credentials begun, due but waiting, and with a vault that was silent. */
    readonly begun: number;
    readonly waiting: number;
    readonly unread: number;
  } | null;
  readonly node: string;
  readonly version: string;
}

/** Never throws: a broken state store is a state of health. */
export async function health(
  ports: Pick<ScanPorts, "config" | "store" | "now">,
  versions: { readonly node: string; readonly version: string },
  signal: AbortSignal,
): Promise<Health> {
  try {
    const last = await readLastRun(ports.store, signal);
    const rotation = await rotationHealth(ports, signal);
    const isLate = (rotation?.recoveredAgeSeconds ?? 0) * 1000 > staleRecoveryMs;
    if (last === undefined) return { status: isLate ? "stale" : "neverScanned", lastRun: null, rotation, ...versions };
    const age = ports.now().getTime() - new Date(last.finishedAt).getTime();
    const lastRun = { ...last, ageSeconds: Math.round(age / 1000) };
    return { status: age > staleMs || isLate ? "stale" : "ok", lastRun, rotation, ...versions };
  } catch {
    return { status: "unavailable", lastRun: null, rotation: null, ...versions };
  }
}

async function rotationHealth(
  { config, store, now }: Pick<ScanPorts, "config" | "store" | "now">,
  signal: AbortSignal,
): Promise<Health["rotation"]> {
  if (config.credentials.length === 0) return null;
  const [recovered, started] = await Promise.all([readLastRecover(store, signal), readLastStart(store, signal)]);
  function age(at: string | undefined): number | null {
    return at === undefined ? null : Math.round((now().getTime() - Date.parse(at)) / 1000);
  }
  return {
    recoveredAgeSeconds: age(recovered?.finishedAt),
    startedAgeSeconds: age(started?.finishedAt),
    begun: started?.begun ?? 0,
    waiting: started?.waiting ?? 0,
    unread: started?.unread ?? 0,
  };
}

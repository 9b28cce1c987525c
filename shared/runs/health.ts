import { readLastRun } from "./runState.ts";
import type { ScanPorts } from "./scanPorts.ts";

/** A scan is late when none has finished for this long. */
const staleMs = 26 * 3_600_000;

export interface Health {
  /** `unavailable`: the state cannot be read. `stale`: no scan has finished in 26 hours. */
  readonly status: "ok" | "stale" | "neverScanned" | "unavailable";
  readonly lastRun: {
    readonly runId: string;
    readonly status: string;
    readonly finishedAt: string;
    readonly ageSeconds: number;
  } | null;
  readonly node: string;
  readonly version: string;
}

/** Never throws: a broken state store is a state of health. */
export async function health(
  ports: Pick<ScanPorts, "store" | "now">,
  versions: { readonly node: string; readonly version: string },
  signal: AbortSignal,
): Promise<Health> {
  try {
    const last = await readLastRun(ports.store, signal);
    if (last === undefined) return { status: "neverScanned", lastRun: null, ...versions };
    const age = ports.now().getTime() - new Date(last.finishedAt).getTime();
    const lastRun = { ...last, ageSeconds: Math.round(age / 1000) };
    return { status: age > staleMs ? "stale" : "ok", lastRun, ...versions };
  } catch {
    return { status: "unavailable", lastRun: null, ...versions };
  }
}

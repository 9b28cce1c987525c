import { diffSnapshots } from "../diff/diffSnapshots.ts";
import type { Drift } from "../model/drift.ts";
import { SnapshotError } from "../diff/parseSnapshot.ts";
import { snapshotFormat } from "../publish/stateBlobs.ts";
import type { StateStore } from "../publish/stateStore.ts";
import { readNewestBaseline } from "./runState.ts";
import type { ScanPorts } from "./scanPorts.ts";
import { type BaselineSummary, baselineSummary } from "./serverSummary.ts";
import { findServer, snapshotFolder, type StoredServer } from "./storedServers.ts";

export interface ServerDrift {
  readonly id: string;
  readonly name: string;
  readonly takenAt: string;
  readonly digest: string;
  /** Null: nothing was ever approved. */
  readonly baseline: BaselineSummary | null;
  /** From the approved snapshot to the last one; null while no baseline is in force: then no drift is known. */
  readonly sinceBaseline: readonly Drift[] | null;
  /** What changed last; null while nothing has, or when the snapshot before is of an earlier version. */
  readonly lastChange: readonly Drift[] | null;
}

/** How a server differs from its baseline, by what is stored. @returns undefined when it was never scanned */
export async function serverDrift(
  server: string,
  ports: Pick<ScanPorts, "store" | "now">,
  signal: AbortSignal,
): Promise<ServerDrift | undefined> {
  const stored = await findServer(server, ports.store, signal);
  if (stored === undefined) return undefined;
  const { takenAt, digest, snapshot, result } = stored.latest;
  const { serverId, serverName } = result;
  const baseline = await readNewestBaseline(ports.store, stored.key, signal);
  const summary = baseline === undefined ? null : baselineSummary(baseline, digest, ports.now());
  const approved = summary?.state === "inForce" ? (baseline?.snapshot ?? null) : null;
  const before = await snapshotBefore(stored, ports.store, signal);
  return {
    id: serverId,
    name: serverName,
    takenAt,
    digest,
    baseline: summary,
    sinceBaseline: approved && diffSnapshots(approved, snapshot, { comparison: "baseline", serverId }),
    lastChange: before && diffSnapshots(before, snapshot, { comparison: "previous", serverId }),
  };
}

/** Snapshots are kept once per content, so the last but one is the state before the last change. */
async function snapshotBefore({ key }: StoredServer, store: StateStore, signal: AbortSignal) {
  const kept = (await store.list(snapshotFolder(key), signal)).filter((name) => name.endsWith(".json.gz"));
  const name = kept.at(-2);
  const blob = name === undefined ? undefined : await store.read(name, signal);
  if (name === undefined || blob === undefined) return null;
  try {
    return snapshotFormat.decode(name, blob.bytes);
  } catch (error) {
    if (error instanceof SnapshotError) return null;
    throw error;
  }
}

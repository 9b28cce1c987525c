import { isInForce } from "../evaluate/baselineState.ts";
import type { Baseline, OutdatedBaseline } from "../model/drift.ts";
import type { SectionGap, ServerResult } from "../model/run.ts";
import { readNewestBaseline } from "./runState.ts";
import type { ScanPorts } from "./scanPorts.ts";
import { findServer, type PageOfServers, pageOfServers, type StoredServer, storedServers } from "./storedServers.ts";

/** A server as its last scan left it: what a list of servers shows. */
export interface ServerEntry {
  readonly id: string;
  readonly name: string;
  readonly takenAt: string;
  readonly runId: string;
  readonly status: ServerResult["status"];
  /** Of the last snapshot: what an approval names. */
  readonly digest: string;
  readonly outcomes: ServerResult["outcomes"];
  readonly failed: ServerResult["failed"];
  readonly driftCount: number;
}

/** Who approved what, and whether it still holds. */
export interface BaselineSummary {
  /** `outdated`: of an earlier version of snapshots, which nothing can be compared with. */
  readonly state: "inForce" | "expired" | "outdated";
  readonly digest: string;
  /** Whether the last snapshot is the approved one. */
  readonly isCurrent: boolean;
  readonly approvedBy: string;
  readonly approvedAt: string;
  readonly reason: string;
  readonly expires: string | null;
}

export interface ServerSummary extends ServerEntry {
  readonly gaps: readonly SectionGap[];
  /** Null: nothing was ever approved. */
  readonly baseline: BaselineSummary | null;
}

type SummaryPorts = Pick<ScanPorts, "store" | "now">;

/** @param server its name or ARM id. @returns undefined when it was never scanned */
export async function serverSummary(
  server: string,
  ports: SummaryPorts,
  signal: AbortSignal,
): Promise<ServerSummary | undefined> {
  const stored = await findServer(server, ports.store, signal);
  return stored === undefined ? undefined : await summaryOf(stored, ports, signal);
}

/** Every server that was ever scanned, by name. */
export function serverSummaries(ports: SummaryPorts, signal: AbortSignal): Promise<readonly ServerSummary[]> {
  return storedServers((stored) => summaryOf(stored, ports, signal), ports.store, signal);
}

export interface ServerPage {
  readonly servers: readonly ServerEntry[];
  /** What the next page comes after; null when there is none. */
  readonly next: string | null;
}

/**
 * One page of `serverSummaries`, without a look at the baselines, which takes as long again.
 *
 * @param page at most `top` servers, from the one that stands behind `after`; null: from the first
 */
export async function serverEntries(
  page: PageOfServers,
  { store }: Pick<SummaryPorts, "store">,
  signal: AbortSignal,
): Promise<ServerPage> {
  const { picked, next } = await pageOfServers(page, entryOf, store, signal);
  return { servers: picked, next };
}

async function summaryOf(stored: StoredServer, ports: SummaryPorts, signal: AbortSignal): Promise<ServerSummary> {
  const baseline = await readNewestBaseline(ports.store, stored.key, signal);
  const entry = entryOf(stored);
  return {
    ...entry,
    gaps: stored.latest.result.gaps,
    baseline: baseline === undefined ? null : baselineSummary(baseline, entry.digest, ports.now()),
  };
}

function entryOf({ latest }: StoredServer): ServerEntry {
  const { takenAt, runId, digest, result } = latest;
  const { serverId, serverName, status, outcomes, failed, driftCount } = result;
  return { id: serverId, name: serverName, takenAt, runId, status, digest, outcomes, failed, driftCount };
}

export function baselineSummary(
  baseline: Baseline | OutdatedBaseline,
  currentDigest: string,
  now: Date,
): BaselineSummary {
  const { digest, approvedBy, approvedAt, reason, expires, snapshot } = baseline;
  const live = isInForce(baseline, now.toISOString());
  const state = !live ? "expired" : snapshot === null ? "outdated" : "inForce";
  return { state, digest, isCurrent: digest === currentDigest, approvedBy, approvedAt, reason, expires };
}

import { carryForward } from "../diff/carryForward.ts";
import { diffSnapshots } from "../diff/diffSnapshots.ts";
import { nextHistory } from "../diff/history.ts";
import { updateLedger } from "../diff/ledger.ts";
import { snapshotOf } from "../diff/snapshot.ts";
import { digestOf } from "../diff/snapshotDigest.ts";
import { uncomparedParts } from "../diff/uncomparedParts.ts";
import { evaluatePosture } from "../evaluate/evaluatePosture.ts";
import { baselineState } from "../evaluate/baselineState.ts";
import { rotationFindings } from "../evaluate/rotationFindings.ts";
import { applyWaivers } from "../evaluate/waivers.ts";
import type { Baseline, BaselineDrift, Drift, LedgerEntry, Snapshot } from "../model/drift.ts";
import type { Finding } from "../model/finding.ts";
import type { ServerResult } from "../model/run.ts";
import type { ServerRef } from "../model/server.ts";
import type { AuditEvent } from "../publish/auditLine.ts";
import { type LatestState, type LedgerState, serverKey } from "../publish/stateBlobs.ts";
import { audit } from "./deliver.ts";
import { deliverServer } from "./deliverServer.ts";
import {
  hasResult,
  readLatest,
  readLedger,
  readNewestBaseline,
  readRun,
  type Stored,
  writeLatest,
  writeLedger,
  writeResult,
} from "./runState.ts";
import type { ScanPorts, ScanServerMessage } from "./scanPorts.ts";
import { summarise } from "./summarise.ts";

/** What one server's scan concluded; the evidence itself is let go, or a large fleet would fill the memory. */
export interface ServerScan {
  readonly result: ServerResult;
  readonly server: ServerRef;
  readonly takenAt: string;
  readonly findings: readonly Finding[];
  readonly drifts: readonly Drift[];
}

/** A message names a run or a server that the state does not know: no retry will help. */
export class UnknownRunError extends Error {
  override readonly name = "UnknownRunError";
}

/**
 * Scans one server of a run: collect, evaluate, compare, publish, and last of all write the answer down. Until the
 * answer is there everything may be repeated: rows have deterministic ids, and the snapshot that drift is measured
 * against moves only after the drift was published.
 *
 * @returns undefined when this server has answered already in this run
 * @throws UnknownRunError when the run, or the server in it, does not exist
 */
export async function scanServer(
  message: ScanServerMessage,
  ports: ScanPorts,
  signal: AbortSignal,
): Promise<ServerScan | undefined> {
  const { runId } = message;
  const key = serverKey(message.server);
  const run = await readRun(ports.store, runId, signal);
  if (run === undefined) throw new UnknownRunError(`There is no run "${runId}".`);
  const server = run.expected.find(({ id }) => id === message.server);
  if (server === undefined) throw new UnknownRunError(`Run "${runId}" does not expect server "${message.server}".`);
  if (await hasResult(ports.store, runId, key, signal)) return undefined;

  const latest = await readLatest(ports.store, key, signal);
  if (latest?.value.runId === runId) {
    // An earlier try did everything and died before it wrote its answer down.
    await writeResult(ports.store, key, latest.value.result, signal);
    return undefined;
  }
  return await scan({ runId, server, key, latest }, ports, signal);
}

interface ScanTask {
  readonly runId: string;
  readonly server: ServerRef;
  readonly key: string;
  readonly latest: Stored<LatestState> | undefined;
}

async function scan(
  { runId, server, key, latest }: ScanTask,
  ports: ScanPorts,
  signal: AbortSignal,
): Promise<ServerScan> {
  const started = ports.now();
  const takenAt = started.toISOString();
  const baseline = await readNewestBaseline(ports.store, key, signal);
  const ledgerBlob = await readLedger(ports.store, key, signal);
  const { posture, armReads } = await ports.collect(server, takenAt, signal);

  const { policy, waivers } = ports.config;
  const history = nextHistory(latest?.value, posture);
  const seen = snapshotOf(posture);
  const approved = baselineState(baseline, { server, takenAt });
  const drifts = driftsOf(server, seen, latest?.value.snapshot, approved.inForce);
  const baselineDrift = approved.inForce === undefined ? null : driftFrom(approved.inForce.snapshot, seen, drifts);
  const judged = evaluatePosture(posture, ports.controls, policy, history, baselineDrift);
  const findings = applyWaivers([...judged, ...rotationFindings(posture), ...approved.findings], waivers, {
    server,
    takenAt,
  });
  const snapshot = latest === undefined ? seen : carryForward(latest.value.snapshot, seen);
  const digest = digestOf(snapshot);
  const ledger = updateLedger(entriesBefore(runId, ledgerBlob?.value), findings, takenAt);

  const conclusions = { runId, posture, findings, drifts, changes: ledger.changes, history };
  const delivery = await deliverServer(conclusions, ports, signal);
  const result = summarise({
    runId,
    posture,
    findings,
    drifts,
    digest,
    startedAt: takenAt,
    durationMs: ports.now().getTime() - started.getTime(),
    armReads,
    delivery: delivery.status,
  });
  await audit(`server-${key}`, auditEvents(result, drifts, delivery.refusals), server, ports, signal);

  if (ledger.changed) {
    const after = { runId, entries: ledger.entries, before: entriesBefore(runId, ledgerBlob?.value) };
    await writeLedger(ports.store, key, after, ledgerBlob?.etag, signal);
  }
  await writeLatest(ports.store, key, { runId, takenAt, digest, snapshot, history, result }, latest, signal);
  await writeResult(ports.store, key, result, signal);
  return { result, server, takenAt, findings, drifts };
}

/** The ledger as it was before this run, also when an earlier try of this run has written it already. */
function entriesBefore(runId: string, ledger: LedgerState | undefined): readonly LedgerEntry[] {
  if (ledger === undefined) return [];
  return ledger.runId === runId ? ledger.before : ledger.entries;
}

function driftsOf(
  server: ServerRef,
  snapshot: Snapshot,
  previous: Snapshot | undefined,
  baseline: Baseline | undefined,
): readonly Drift[] {
  const fromBaseline =
    baseline === undefined
      ? []
      : diffSnapshots(baseline.snapshot, snapshot, { comparison: "baseline", serverId: server.id });
  const fromPrevious =
    previous === undefined ? [] : diffSnapshots(previous, snapshot, { comparison: "previous", serverId: server.id });
  return [...fromBaseline, ...fromPrevious];
}

function driftFrom(baseline: Snapshot, seen: Snapshot, drifts: readonly Drift[]): BaselineDrift {
  const own = drifts.filter(({ comparison }) => comparison === "baseline");
  return { drifts: own, uncompared: uncomparedParts(baseline, seen) };
}

function auditEvents(
  result: ServerResult,
  drifts: readonly Drift[],
  refusals: readonly string[],
): readonly AuditEvent[] {
  const about = { actor: "pgwarden", target: result.serverId, runId: result.runId };
  const scanned = {
    ...about,
    action: "scan.server",
    outcome: result.status,
    detail: { digest: result.digest, outcomes: result.outcomes, delivery: result.delivery },
  };
  // The previous snapshot tells when; what stays different from the baseline is not a new event in each run.
  const seen = drifts
    .filter(({ comparison }) => comparison === "previous")
    .map(({ cause, change, severity, message }) => ({
      ...about,
      action: "drift.detect",
      outcome: change,
      detail: { cause, severity, message },
    }));
  const refused = refusals.map((why) => ({ ...about, action: "rows.deliver", outcome: "refused", detail: { why } }));
  return [scanned, ...seen, ...refused];
}

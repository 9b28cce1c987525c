import { diffSnapshots } from "../diff/diffSnapshots.ts";
import { nextHistory } from "../diff/history.ts";
import { updateLedger } from "../diff/ledger.ts";
import { digestOf, snapshotOf } from "../diff/snapshot.ts";
import { evaluatePosture } from "../evaluate/evaluatePosture.ts";
import { applyWaivers } from "../evaluate/waivers.ts";
import type { Baseline, Drift, LedgerEntry, Snapshot } from "../model/drift.ts";
import type { Finding } from "../model/finding.ts";
import type { Posture } from "../model/posture.ts";
import type { ServerResult } from "../model/run.ts";
import type { ServerRef } from "../model/server.ts";
import { appendAudit, type AuditEvent } from "../publish/auditLog.ts";
import { serverKey } from "../publish/stateBlobs.ts";
import { deliverServer } from "./deliverServer.ts";
import {
  type LatestState,
  type LedgerBlob,
  readBaseline,
  readLatest,
  readLedger,
  readResult,
  readRun,
  type Stored,
  writeLatest,
  writeLedger,
  writeResult,
} from "./runState.ts";
import type { ScanPorts, ScanServerMessage } from "./scanPorts.ts";
import { summarise } from "./summarise.ts";

/** What one server's scan saw and concluded; the CLI prints it, the functions forget it. */
export interface ServerScan {
  readonly result: ServerResult;
  readonly posture: Posture;
  readonly snapshot: Snapshot;
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
  if ((await readResult(ports.store, runId, key, signal)) !== undefined) return undefined;

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
  const baseline = await readBaseline(ports.store, key, signal);
  const ledgerBlob = await readLedger(ports.store, key, signal);
  const { posture, armReads } = await ports.collect(server, takenAt, signal);

  const { policy, waivers } = ports.config;
  const history = nextHistory(latest?.value.history ?? { firewallRules: {} }, posture);
  const findings = applyWaivers(evaluatePosture(posture, ports.controls, policy, history), waivers, {
    server,
    takenAt,
  });
  const snapshot = snapshotOf(posture);
  const drifts = driftsOf(server, snapshot, latest?.value.snapshot, baseline);
  const ledger = updateLedger(entriesBefore(runId, ledgerBlob?.value), findings, takenAt);

  const delivery = await deliverServer({ runId, posture, findings, drifts, ledger: ledger.changes }, ports, signal);
  const result = summarise({
    runId,
    posture,
    findings,
    drifts,
    digest: digestOf(snapshot),
    startedAt: takenAt,
    durationMs: ports.now().getTime() - started.getTime(),
    armReads,
    delivery,
  });
  await appendAudit(ports.audit, `server-${key}`, auditEvents(result, drifts), ports.now(), signal);

  if (ledger.changed)
    await writeLedger(ports.store, key, ledgerAfter(runId, ledgerBlob?.value, ledger.entries), signal);
  await writeLatest(ports.store, key, { runId, takenAt, snapshot, history, result }, latest?.etag, signal);
  await writeResult(ports.store, key, result, signal);
  return { result, posture, snapshot, findings, drifts };
}

/** The ledger as it was before this run, also when an earlier try of this run has written it already. */
function entriesBefore(runId: string, ledger: LedgerBlob | undefined): readonly LedgerEntry[] {
  if (ledger === undefined) return [];
  return ledger.runId === runId ? ledger.before : ledger.entries;
}

function ledgerAfter(runId: string, ledger: LedgerBlob | undefined, entries: readonly LedgerEntry[]): LedgerBlob {
  return { runId, entries, before: entriesBefore(runId, ledger) };
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

function auditEvents(result: ServerResult, drifts: readonly Drift[]): readonly AuditEvent[] {
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
  return [scanned, ...seen];
}

import * as v from "valibot";
import type { Baseline, OutdatedBaseline, Snapshot } from "../model/drift.ts";
import type { Run, ServerResult } from "../model/run.ts";
import {
  baselineFormat,
  type BlobFormat,
  blobNames,
  latestFormat,
  type LatestState,
  ledgerFormat,
  type LedgerState,
  OutdatedBlobError,
  resultFormat,
  runFormat,
  snapshotFormat,
} from "../publish/stateBlobs.ts";
import type { StateStore, WriteCondition } from "../publish/stateStore.ts";
import type { PreviousInventory } from "./scanPorts.ts";
import { readHint, writeHint } from "./stateHint.ts";

/** A decoded blob with the version that it was. */
export interface Stored<T> {
  readonly value: T;
  readonly etag: string;
}

/** Another worker wrote the same state meanwhile; the message comes back and finds its answer. */
export class StateConflictError extends Error {
  override readonly name = "StateConflictError";
}

async function readAs<T>(
  store: StateStore,
  name: string,
  format: BlobFormat<T>,
  signal: AbortSignal,
): Promise<Stored<T> | undefined> {
  const blob = await store.read(name, signal);
  return blob === undefined ? undefined : { value: format.decode(name, blob.bytes), etag: blob.etag };
}

/** Over the version that was read, or as the first one. */
function over(etag: string | undefined): WriteCondition {
  return etag === undefined ? "create" : { ifMatch: etag };
}

async function writeOver<T>(
  store: StateStore,
  name: string,
  format: BlobFormat<T>,
  value: T,
  etag: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const answer = await store.write(name, format.encode(value), over(etag), signal);
  if (answer === "conflict") throw new StateConflictError(`Blob ${name} was written by another worker meanwhile.`);
}

// Runs. `open-runs/{runId}` marks one that nobody has closed, so that the sweeper need not look at all that ever were.

const openPrefix = "open-runs/";
const empty = new Uint8Array();

export async function readRun(store: StateStore, runId: string, signal: AbortSignal): Promise<Run | undefined> {
  return (await readRunVersion(store, runId, signal))?.value;
}

export function readRunVersion(
  store: StateStore,
  runId: string,
  signal: AbortSignal,
): Promise<Stored<Run> | undefined> {
  return readAs(store, blobNames.run(runId), runFormat, signal);
}

/** @returns false when a run of that id exists already */
export async function createRun(store: StateStore, run: Run, signal: AbortSignal): Promise<boolean> {
  // The mark first: a mark without a run is swept away, a run without a mark would never be closed.
  await store.write(openPrefix + run.runId, empty, "replace", signal);
  return (await store.write(blobNames.run(run.runId), runFormat.encode(run), "create", signal)) === "written";
}

export async function closeRun(store: StateStore, run: Run, etag: string, signal: AbortSignal): Promise<void> {
  await writeOver(store, blobNames.run(run.runId), runFormat, run, etag, signal);
  await removeOpenMark(store, run.runId, signal);
}

export async function removeOpenMark(store: StateStore, runId: string, signal: AbortSignal): Promise<void> {
  await store.remove(openPrefix + runId, signal);
}

export async function openRunIds(store: StateStore, signal: AbortSignal): Promise<readonly string[]> {
  return (await store.list(openPrefix, signal)).map((name) => name.slice(openPrefix.length));
}

// Answers of servers.

export async function answeredServers(
  store: StateStore,
  runId: string,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const prefix = blobNames.results(runId);
  const names = await store.list(prefix, signal);
  return new Set(names.map((name) => name.slice(prefix.length).replace(/\.json$/, "")));
}

export async function readResults(
  store: StateStore,
  runId: string,
  signal: AbortSignal,
): Promise<readonly ServerResult[]> {
  const names = await store.list(blobNames.results(runId), signal);
  const results = await Promise.all(names.map((name) => readAs(store, name, resultFormat, signal)));
  return results.flatMap((result) => (result === undefined ? [] : [result.value]));
}

export async function hasResult(store: StateStore, runId: string, key: string, signal: AbortSignal): Promise<boolean> {
  return (await store.read(blobNames.result(runId, key), signal)) !== undefined;
}

/** The first answer stands. */
export async function writeResult(
  store: StateStore,
  key: string,
  result: ServerResult,
  signal: AbortSignal,
): Promise<void> {
  await store.write(blobNames.result(result.runId, key), resultFormat.encode(result), "create", signal);
}

// What a server is compared with.

/** What an earlier version of snapshots left counts as not there: the next scan is the server's first. */
export async function readLatest(
  store: StateStore,
  key: string,
  signal: AbortSignal,
): Promise<Stored<LatestState> | undefined> {
  const found = await readLatestVersion(store, key, signal);
  return found?.value === undefined ? undefined : { value: found.value, etag: found.etag };
}

/** The same with its version when there is nothing to compare with: the next state goes over it. */
async function readLatestVersion(
  store: StateStore,
  key: string,
  signal: AbortSignal,
): Promise<Stored<LatestState | undefined> | undefined> {
  const name = blobNames.latest(key);
  const blob = await store.read(name, signal);
  if (blob === undefined) return undefined;
  try {
    return { value: latestFormat.decode(name, blob.bytes), etag: blob.etag };
  } catch (error) {
    if (error instanceof OutdatedBlobError) return { value: undefined, etag: blob.etag };
    throw error;
  }
}

/** The snapshot itself is kept for history too, once per content. */
export async function writeLatest(
  store: StateStore,
  key: string,
  latest: LatestState,
  before: Stored<LatestState> | undefined,
  signal: AbortSignal,
): Promise<void> {
  if (before?.value.digest !== latest.digest) await keepSnapshot(store, key, latest.takenAt, latest.snapshot, signal);
  const etag = before?.etag ?? (await outdatedEtag(store, key, signal));
  await writeOver(store, blobNames.latest(key), latestFormat, latest, etag, signal);
}

/** Undefined also when another worker has written a state meanwhile: that one must stay. */
async function outdatedEtag(store: StateStore, key: string, signal: AbortSignal): Promise<string | undefined> {
  const found = await readLatestVersion(store, key, signal);
  return found?.value === undefined ? found?.etag : undefined;
}

async function keepSnapshot(
  store: StateStore,
  key: string,
  takenAt: string,
  snapshot: Snapshot,
  signal: AbortSignal,
): Promise<void> {
  await store.write(blobNames.snapshot(key, takenAt), snapshotFormat.encode(snapshot), "replace", signal);
}

export function readLedger(
  store: StateStore,
  key: string,
  signal: AbortSignal,
): Promise<Stored<LedgerState> | undefined> {
  return readAs(store, blobNames.ledger(key), ledgerFormat, signal);
}

export async function writeLedger(
  store: StateStore,
  key: string,
  ledger: LedgerState,
  etag: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  await writeOver(store, blobNames.ledger(key), ledgerFormat, ledger, etag, signal);
}

/** The newest approval, whatever it is worth: one of an earlier version of snapshots has none to compare with. */
export async function readNewestBaseline(
  store: StateStore,
  key: string,
  signal: AbortSignal,
): Promise<Baseline | OutdatedBaseline | undefined> {
  const newest = (await store.list(blobNames.baselines(key), signal)).at(-1);
  return newest === undefined ? undefined : (await readAs(store, newest, baselineFormat, signal))?.value;
}

export async function writeBaseline(
  store: StateStore,
  key: string,
  baseline: Baseline,
  signal: AbortSignal,
): Promise<void> {
  const name = blobNames.baseline(key, baseline.approvedAt);
  await writeOver(store, name, baselineFormat, baseline, undefined, signal);
}

// The fleet: what the last whole run saw, and the last run that finished.

const Inventory = v.object({ runId: v.string(), names: v.array(v.string()) });
const inventoryName = "runs/inventory.json";

const LastRun = v.object({ runId: v.string(), status: v.string(), finishedAt: v.string() });
export type LastRun = v.InferOutput<typeof LastRun>;
const lastRunName = "runs/last.json";

export async function readInventory(store: StateStore, signal: AbortSignal): Promise<PreviousInventory | undefined> {
  const inventory = await readHint(store, inventoryName, Inventory, signal);
  return inventory === undefined ? undefined : { count: inventory.names.length, names: inventory.names };
}

export async function writeInventory(store: StateStore, run: Run, signal: AbortSignal): Promise<void> {
  const inventory = { runId: run.runId, names: run.expected.map(({ name }) => name) };
  await writeHint(store, inventoryName, inventory, signal);
}

export function readLastRun(store: StateStore, signal: AbortSignal): Promise<LastRun | undefined> {
  return readHint(store, lastRunName, LastRun, signal);
}

export async function writeLastRun(store: StateStore, run: Run, signal: AbortSignal): Promise<void> {
  const { runId, status, finishedAt } = run;
  await writeHint(store, lastRunName, { runId, status, finishedAt: finishedAt ?? run.startedAt }, signal);
}

import { chunkRows, rowIdOf } from "./chunkRows.ts";
import { deliverChunk } from "./deliverChunk.ts";
import type { Chunk, Row, Sink } from "./sink.ts";
import { packRows, parseSpoolBlob, type SpoolBlob, spoolBlobName, spoolPrefix, unpackRows } from "./spoolBlobs.ts";
import type { StateStore } from "./stateStore.ts";

/** Keeps a chunk for replay. Spooling it twice on one day leaves one blob. */
export async function spoolChunk(store: StateStore, chunk: Chunk, now: Date, signal: AbortSignal): Promise<void> {
  await store.write(spoolBlobName(chunk, now), packRows(chunk.rows), "replace", signal);
}

export interface SpoolReplay {
  /** Rows that the sink accepted now. */
  readonly delivered: number;
  /** Of these, rows made more than two days ago: Azure replaces their TimeGenerated, CollectedAt still tells. */
  readonly late: number;
  /** Rows that were in the spool a second time under their RowId, and were sent once. */
  readonly repeated: number;
  /** Rows that the sink will never accept: named in `problems` and removed. */
  readonly refused: number;
  /** Chunks that stay in the spool. */
  readonly waiting: number;
  /** Sentences: a blob that cannot be read, a row that was refused, a sink that does not answer. */
  readonly problems: readonly string[];
}

const lateMs = 2 * 24 * 60 * 60_000;

/** So many chunks in a row without an answer are an outage: the rest waits for the next replay. */
const maxFailures = 3;

/**
 * Delivers what is in the spool, oldest day first. A blob goes when the sink has accepted its rows; one that cannot be
 * read, or whose rows are all refused, is reported, stays, and blocks no other.
 */
export async function replaySpool(store: StateStore, sink: Sink, signal: AbortSignal, now: Date): Promise<SpoolReplay> {
  const { blobs, strangers } = await spooledBlobs(store, signal);
  const problems = strangers.map((name) => `Blob ${name} is no spooled chunk.`);
  const sent = new Set<string>();
  const count = { delivered: 0, late: 0, repeated: 0, refused: 0, waiting: strangers.length };
  let failures = 0;

  for (const blob of blobs) {
    if (failures >= maxFailures || signal.aborted) {
      count.waiting += 1;
      continue;
    }
    const rows = await readRows(store, blob, signal);
    if (rows === undefined) continue; // another replay was faster
    if (rows === "damaged") {
      problems.push(`Blob ${blob.name} is damaged: it does not hold the rows of a chunk.`);
      count.waiting += 1;
      continue;
    }

    const fresh = rows.filter((row) => !sent.has(rowIdOf(row)));
    count.repeated += rows.length - fresh.length;
    const open: Row[] = [];
    for (const chunk of chunkRows(blob.stream, fresh).chunks) {
      const delivery = await deliverChunk(chunk, sink, signal);
      for (const row of delivery.accepted) sent.add(rowIdOf(row));
      count.delivered += delivery.accepted.length;
      count.late += delivery.accepted.filter((row) => isLate(row, now)).length;
      count.refused += delivery.refused.length;
      problems.push(...delivery.problems);
      open.push(...delivery.open);
      failures = delivery.isOutage ? failures + 1 : 0;
    }
    if (open.length > 0) count.waiting += 1;
    await settle(store, blob, rows, open, signal);
  }
  return { ...count, problems };
}

/** Leaves exactly the open rows. A crash before it sends the others again, under the same RowId. */
async function settle(
  store: StateStore,
  { name }: SpoolBlob,
  rows: readonly Row[],
  open: readonly Row[],
  signal: AbortSignal,
): Promise<void> {
  if (open.length === 0) await store.remove(name, signal);
  else if (open.length < rows.length) await store.write(name, packRows(open), "replace", signal);
}

async function spooledBlobs(
  store: StateStore,
  signal: AbortSignal,
): Promise<{ readonly blobs: readonly SpoolBlob[]; readonly strangers: readonly string[] }> {
  const blobs: SpoolBlob[] = [];
  const strangers: string[] = [];
  for (const name of await store.list(spoolPrefix, signal)) {
    const blob = parseSpoolBlob(name);
    if (blob === undefined) strangers.push(name);
    else blobs.push(blob);
  }
  // The names come by table; within a day they carry no order.
  return {
    blobs: blobs.sort((left, right) => (left.day === right.day ? 0 : left.day < right.day ? -1 : 1)),
    strangers,
  };
}

async function readRows(
  store: StateStore,
  { name }: SpoolBlob,
  signal: AbortSignal,
): Promise<readonly Row[] | "damaged" | undefined> {
  const blob = await store.read(name, signal);
  if (blob === undefined) return undefined;
  try {
    return unpackRows(blob.bytes);
  } catch {
    return "damaged";
  }
}

function isLate(row: Row, now: Date): boolean {
  const made = row["TimeGenerated"];
  return typeof made === "string" && now.getTime() - Date.parse(made) > lateMs;
}

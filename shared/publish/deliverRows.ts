import type { DeliveryStatus } from "../model/run.ts";
import { chunkOf, type OversizedRow } from "./chunkRows.ts";
import { deliverChunk } from "./deliverChunk.ts";
import type { Chunk, Sink } from "./sink.ts";
import { spoolChunk } from "./spool.ts";
import type { StateStore } from "./stateStore.ts";

/** Counts are rows. */
export interface Delivery {
  readonly status: DeliveryStatus;
  readonly delivered: number;
  readonly spooled: number;
  readonly lost: number;
  /** Sentences: what was not accepted, and which row. */
  readonly refusals: readonly string[];
}

/** So many chunks in a row without an answer are an outage: the rest is spooled at once. */
const maxFailures = 3;

/**
 * Delivers chunks, and spools what is not accepted. Without a sink everything is spooled. A row that is refused for its
 * own content is lost and named; so is one that the spool does not take.
 *
 * @param signal must outlive the deadline of collecting, or nothing can be spooled either
 */
export async function deliverRows(
  chunks: readonly Chunk[],
  sink: Sink | null,
  store: StateStore,
  signal: AbortSignal,
  now: Date,
): Promise<Delivery> {
  const count = { delivered: 0, spooled: 0, lost: 0 };
  const refusals: string[] = [];
  let failures = 0;

  for (const chunk of chunks) {
    let open = chunk.rows;
    if (sink !== null && failures < maxFailures) {
      const delivery = await deliverChunk(chunk, sink, signal);
      failures = delivery.isOutage ? failures + 1 : 0;
      count.delivered += delivery.accepted.length;
      count.lost += delivery.refused.length;
      refusals.push(...delivery.problems);
      open = delivery.open;
    }
    if (open.length === 0) continue;
    const rest = open.length === chunk.rows.length ? chunk : chunkOf(chunk.stream, open);
    const isSpooled = await trySpool(store, rest, now, signal);
    count[isSpooled ? "spooled" : "lost"] += open.length;
    if (!isSpooled)
      refusals.push(`Chunk ${rest.id} of stream ${rest.stream} could not be spooled: ${open.length} rows.`);
  }
  return { status: statusOf(count), ...count, refusals };
}

/** Adds rows that fit no chunk: they are lost, and named. */
export function withOversized(delivery: Delivery, oversized: readonly OversizedRow[]): Delivery {
  const lost = delivery.lost + oversized.length;
  const sentences = oversized.map(
    ({ stream, rowId, bytes }) => `Row ${rowId} of stream ${stream} has ${bytes} bytes and fits no chunk.`,
  );
  return { ...delivery, status: statusOf({ ...delivery, lost }), lost, refusals: [...delivery.refusals, ...sentences] };
}

function statusOf({ spooled, lost }: { readonly spooled: number; readonly lost: number }): DeliveryStatus {
  if (lost > 0) return "lost";
  return spooled > 0 ? "spooled" : "delivered";
}

/** Storage that is down is known by the port's rejection alone: whatever it was, the rows are not kept. */
async function trySpool(store: StateStore, chunk: Chunk, now: Date, signal: AbortSignal): Promise<boolean> {
  try {
    await spoolChunk(store, chunk, now, signal);
    return true;
  } catch {
    return false;
  }
}

import { DeliveryError } from "../../shared/publish/deliveryError.ts";
import type { Chunk, Row, Sink } from "../../shared/publish/sink.ts";

/** Keeps what it accepts, and refuses as the ingestion service does: a chunk with one bad row is refused whole. */
export interface MemorySink extends Sink {
  readonly chunks: Chunk[];
  /** Requests, accepted or not. */
  requests: number;
  /** While set, nothing is accepted: an HTTP status, or null for no answer at all. */
  fault: { readonly status: number | null } | undefined;
  refuses: (row: Row) => boolean;
  rows(): readonly Row[];
}

export function memorySink(): MemorySink {
  const sink: MemorySink = {
    name: "memory",
    chunks: [],
    requests: 0,
    fault: undefined,
    refuses: () => false,

    async deliver(chunk, signal) {
      await Promise.resolve();
      sink.requests += 1;
      const refused = chunk.rows.some((row) => sink.refuses(row));
      const status = sink.fault === undefined ? 400 : sink.fault.status;
      if (sink.fault !== undefined || refused || signal.aborted)
        throw new DeliveryError(`Stream ${chunk.stream} did not accept a chunk of ${chunk.rows.length} rows.`, {
          sink: sink.name,
          chunkId: chunk.id,
          status: signal.aborted ? null : status,
        });
      sink.chunks.push(chunk);
    },

    rows: () => sink.chunks.flatMap(({ rows }) => rows),
  };
  return sink;
}

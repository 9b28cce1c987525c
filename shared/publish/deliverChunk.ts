import { chunkOf, rowIdOf } from "./chunkRows.ts";
import { DeliveryError } from "./deliveryError.ts";
import type { Chunk, Row, Sink } from "./sink.ts";

export interface ChunkDelivery {
  readonly accepted: readonly Row[];
  /** Not accepted, and not proved to be at fault: worth another attempt. */
  readonly open: readonly Row[];
  /** Refused alone while other rows of the chunk were accepted: no later attempt will help. */
  readonly refused: readonly Row[];
  /** Sentences that say what was not accepted and why; a refused row by its RowId. */
  readonly problems: readonly string[];
  /** Whether the sink failed rather than refused. */
  readonly isOutage: boolean;
}

/** Requests that the search for refused rows in one chunk may take: one bad row among thousands takes some 25. */
const maxRequests = 64;

/**
 * Hands one chunk to a sink. When the sink refuses the content, halves are tried, so that one bad row costs no other.
 * When nothing at all is accepted the fault is not in a row (a missing stream, a wrong rule), and all rows stay open.
 */
export async function deliverChunk(chunk: Chunk, sink: Sink, signal: AbortSignal): Promise<ChunkDelivery> {
  const accepted: Row[] = [];
  const alone: Row[] = [];
  const problems: string[] = [];
  let requests = 0;
  let isOutage = false;
  const waiting: (readonly Row[])[] = [chunk.rows];

  for (let rows = waiting.pop(); rows !== undefined; rows = waiting.pop()) {
    if (rows.length === 0) continue;
    requests += 1;
    const error = await attempt(rows.length === chunk.rows.length ? chunk : chunkOf(chunk.stream, rows), sink, signal);
    if (error === undefined) accepted.push(...rows);
    else if (!isRefusal(error)) {
      isOutage = true;
      problems.push(error.message);
    } else if (rows.length === 1) alone.push(...rows);
    else waiting.push(rows.slice(Math.ceil(rows.length / 2)), rows.slice(0, Math.ceil(rows.length / 2)));
    if (isOutage || requests >= maxRequests) break;
  }

  const refused = accepted.length > 0 ? alone : [];
  const settled = new Set([...accepted, ...refused]);
  const open = chunk.rows.filter((row) => !settled.has(row));
  for (const row of refused) problems.push(`Stream ${chunk.stream} refused row ${rowIdOf(row)}.`);
  if (open.length > 0 && !isOutage)
    problems.push(`Stream ${chunk.stream} refused ${open.length} of ${chunk.rows.length} rows of chunk ${chunk.id}.`);
  return { accepted, open, refused, problems, isOutage };
}

async function attempt(chunk: Chunk, sink: Sink, signal: AbortSignal): Promise<DeliveryError | undefined> {
  try {
    await sink.deliver(chunk, signal);
    return undefined;
  } catch (error) {
    if (error instanceof DeliveryError) return error;
    throw error;
  }
}

/** The sink read the rows and does not want them; anything else says nothing of the rows. */
function isRefusal({ status }: DeliveryError): boolean {
  return status === 400 || status === 413;
}

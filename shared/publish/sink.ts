/** One row of a Log Analytics table: plain JSON, `dynamic` columns as objects or arrays. */
export type Row = Readonly<Record<string, unknown>>;

/** What one `deliver` hands over: rows of one stream, small enough for one request. */
export interface Chunk {
  /** Deterministic: the same rows of the same run make the same id. */
  readonly id: string;
  /** `Custom-PgWardenFinding_CL` and its like. */
  readonly stream: string;
  readonly rows: readonly Row[];
}

/** Takes rows. Delivering a chunk twice is harmless: rows carry a RowId. */
export interface Sink {
  readonly name: string;
  /** @throws DeliveryError when the chunk was not accepted as a whole */
  deliver(chunk: Chunk, signal: AbortSignal): Promise<void>;
}

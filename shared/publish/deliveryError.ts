/** A sink did not accept a chunk; the run spools it. */
export class DeliveryError extends Error {
  override readonly name = "DeliveryError";
  readonly sink: string;
  readonly chunkId: string;
  /** HTTP status of the sink's answer; null when there was none. */
  readonly status: number | null;

  constructor(
    message: string,
    options: {
      readonly sink: string;
      readonly chunkId: string;
      readonly status?: number | null;
      readonly cause?: unknown;
    },
  ) {
    super(message, { cause: options.cause });
    this.sink = options.sink;
    this.chunkId = options.chunkId;
    this.status = options.status ?? null;
  }
}

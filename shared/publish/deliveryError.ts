/** A sink did not accept a chunk; the run spools it. */
export class DeliveryError extends Error {
  override readonly name = "DeliveryError";
  readonly sink: string;
  readonly chunkId: string;

  constructor(message: string, { sink, chunkId, cause }: { sink: string; chunkId: string; cause?: unknown }) {
    super(message, { cause });
    this.sink = sink;
    this.chunkId = chunkId;
  }
}

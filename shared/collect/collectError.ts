import type { UnavailableReason } from "../model/section.ts";

/** Evidence could not be read: makes its section `unavailable` and goes no further. The message is one sentence. */
export class CollectError extends Error {
  override readonly name = "CollectError";
  readonly reason: UnavailableReason;

  constructor(reason: UnavailableReason, message: string, { cause }: { cause?: unknown } = {}) {
    super(message, { cause });
    this.reason = reason;
  }
}

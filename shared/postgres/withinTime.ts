import { CollectError } from "../collect/collectError.ts";

/**
 * Runs `work` with a signal of its own that ends after `timeoutMs` or with the run's signal, whichever comes first.
 *
 * @param what what did not answer, for the sentence, such as `orders.postgres.database.azure.com:5432`
 * @throws CollectError `timeout` or `deadline`, whatever the work itself threw when it was cut off
 */
export async function withinTime<T>(
  what: string,
  timeoutMs: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (signal.aborted) throw deadline(what);
  const limit = new AbortController();
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  function stop(error: CollectError): void {
    reject(error);
    limit.abort(error);
  }
  function onAbort(): void {
    stop(deadline(what));
  }
  const timer = setTimeout(() => {
    stop(new CollectError("timeout", `${what} did not answer within ${timeoutMs} ms.`));
  }, timeoutMs);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([work(limit.signal), stopped]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
  }
}

function deadline(what: string): CollectError {
  return new CollectError("deadline", `The run's time was over before ${what} answered.`);
}

import { azureFault } from "./azureFault.ts";

/** True for an answer of the storage service with one of these error codes. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  const { code } = azureFault(error);
  return code !== undefined && codes.includes(code);
}

/**
 * What a failed call to storage becomes: a sentence of ours, with what may be kept of the SDK's error as its cause.
 *
 * @throws the signal's reason when the signal ended the call
 */
export function storageFault(sentence: string, error: unknown, signal: AbortSignal): Error {
  signal.throwIfAborted();
  const cause = azureFault(error);
  return new Error(`${sentence} ${reasonOf(cause)}`, { cause });
}

function reasonOf({ code, statusCode }: ReturnType<typeof azureFault>): string {
  if (statusCode === undefined) return `The service cannot be reached (${code ?? "no answer"}).`;
  if (statusCode === 401 || statusCode === 403) return `The service refused this identity (${code ?? statusCode}).`;
  return `The service answered ${statusCode}${code === undefined ? "" : ` (${code})`}.`;
}

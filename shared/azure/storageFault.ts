import { azureFault } from "./azureFault.ts";

/** True for an answer of the storage service with one of these error codes. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  const { code } = azureFault(error);
  return code !== undefined && codes.includes(code);
}

/**
 * What a failed call to storage becomes: a sentence of ours, with what may be kept of the SDK's error as its cause.
 * A call that its own signal ended keeps the signal's reason.
 */
export function storageFault(sentence: string, error: unknown, signal: AbortSignal): Error {
  if (signal.aborted && signal.reason instanceof Error) return signal.reason;
  const cause = azureFault(error);
  return new Error(`${sentence} ${reasonOf(cause)}`, { cause });
}

function reasonOf({ code, statusCode }: ReturnType<typeof azureFault>): string {
  if (statusCode === undefined) return `The service cannot be reached (${code ?? "no answer"}).`;
  if (statusCode === 401 || statusCode === 403) return `The service refused this identity (${code ?? statusCode}).`;
  return `The service answered ${statusCode}${code === undefined ? "" : ` (${code})`}.`;
}

import { CollectError } from "../collect/collectError.ts";
import type { UnavailableReason } from "../model/section.ts";
import { azureFault } from "./azureFault.ts";

/** Code of a Node system error or of a RestError; undefined for everything else. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** Names of the errors of an identity that gets no token. */
export const identityErrors = [
  "CredentialUnavailableError",
  "AuthenticationError",
  "AggregateAuthenticationError",
  "AuthenticationRequiredError",
];

/**
 * What a request threw before there was an answer.
 *
 * @param what the request, such as `GET /subscriptions/…`
 */
export function requestFault(error: unknown, what: string, signal: AbortSignal): unknown {
  if (error instanceof CollectError) return error;
  const cause = azureFault(error);
  if (signal.aborted)
    return new CollectError("deadline", `The run's time was over before ${what} answered.`, { cause });
  if (identityErrors.includes(cause.name)) {
    return new CollectError("denied", `The identity got no token for ${what} (${cause.name}).`, { cause });
  }
  // The pipeline's own limit of time ends a request as if somebody had aborted it.
  if (cause.name === "AbortError") return new CollectError("timeout", `${what} did not answer in time.`, { cause });
  if (cause.name === "RestError") {
    const code = cause.code ?? "no code";
    return new CollectError("unreachable", `${what} did not reach the service (${code}).`, { cause });
  }
  return error;
}

/** What an answer other than success says. */
export function statusFault(status: number, what: string, requestId: string | undefined): CollectError {
  const [reason, sentence] = verdictOf(status);
  const cause = { name: "HttpStatus", statusCode: status, ...(requestId !== undefined && { requestId }) };
  return new CollectError(reason, `${what} ${sentence} (${status}).`, { cause });
}

function verdictOf(status: number): readonly [UnavailableReason, string] {
  if (status === 401 || status === 403) return ["denied", "was refused"];
  if (status === 404) return ["absent", "found nothing"];
  if (status === 408) return ["timeout", "was not answered in time"];
  if (status === 429) return ["timeout", "was throttled for longer than the run may wait"];
  if (status >= 500) return ["unreachable", "met a broken service"];
  return ["shape", "was not understood by the service"];
}

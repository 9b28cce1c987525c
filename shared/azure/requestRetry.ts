import { isRestError, retryPolicy, type PipelinePolicy, type PipelineResponse } from "@azure/core-rest-pipeline";
import { codeOf } from "./armFault.ts";

const retriedStatuses = [408, 429, 500, 502, 503, 504];
const retriedCodes = ["ECONNRESET", "ECONNREFUSED", "EPIPE", "ETIMEDOUT", "EAI_AGAIN"];

export interface RetryLimits {
  readonly maxRetries: number;
  /** Before the second try; doubled each time, unless the service names a time of its own. */
  readonly firstDelayMs: number;
  /** A service that asks for more patience than this is given up: the caller has other things to do. */
  readonly longestWaitMs: number;
}

/**
 * The only place that repeats a request. The SDK's own policy does not repeat a 429 that comes without Retry-After, and
 * would wait for hours if it were told to.
 */
export function requestRetryPolicy({ maxRetries, firstDelayMs, longestWaitMs }: RetryLimits): PipelinePolicy {
  const strategy = {
    name: "requestRetryStrategy",
    retry({ retryCount, response, responseError }: Parameters<Strategy["retry"]>[0]) {
      if (!isRetried(response, responseError)) return { skipStrategy: true };
      const asked = response === undefined ? undefined : waitAskedFor(response);
      const retryAfterInMs = asked ?? firstDelayMs * 2 ** retryCount;
      return retryAfterInMs > longestWaitMs ? { skipStrategy: true } : { retryAfterInMs };
    },
  };
  return retryPolicy([strategy], { maxRetries });
}

type Strategy = Parameters<typeof retryPolicy>[0][number];

function isRetried(response: PipelineResponse | undefined, error: unknown): boolean {
  if (response !== undefined) return retriedStatuses.includes(response.status);
  return retriedCodes.includes(codeOf(error) ?? "");
}

/** Retry-After in seconds or as a date, or the reset time of Resource Graph's quota; in milliseconds. */
function waitAskedFor({ headers }: Pick<PipelineResponse, "headers">): number | undefined {
  const retryAfter = headers.get("retry-after")?.trim();
  if (retryAfter !== undefined && /^\d+(\.\d+)?$/.test(retryAfter)) return Number(retryAfter) * 1000;
  // The service's own clock, since ours may differ.
  const wait = Date.parse(retryAfter ?? "") - Date.parse(headers.get("date") ?? "");
  if (Number.isFinite(wait)) return Math.max(0, wait);
  return headers.get("x-ms-user-quota-remaining") === "0"
    ? clockTimeMs(headers.get("x-ms-user-quota-resets-after"))
    : undefined;
}

/** `hh:mm:ss` */
function clockTimeMs(text: string | undefined): number | undefined {
  const parts = /^(\d+):(\d\d):(\d\d)$/.exec(text ?? "");
  if (parts === null) return undefined;
  const [hours = 0, minutes = 0, seconds = 0] = parts.slice(1).map(Number);
  return ((hours * 60 + minutes) * 60 + seconds) * 1000;
}

/** How long the answer that ended a call asks to wait, in milliseconds; null when it does not say. */
export function retryAfterOf(error: unknown): number | null {
  if (!isRestError(error) || error.response === undefined) return null;
  return waitAskedFor(error.response) ?? null;
}

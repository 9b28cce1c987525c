import type { PipelinePolicy, PipelineResponse } from "@azure/core-rest-pipeline";
import { codeOf } from "./armFault.ts";

/** What is known of the requests of one call that changes something, over every try. */
export interface TracedCall {
  /** To be handed to the SDK: its requests are recognised by it. */
  readonly signal: AbortSignal;
  /** A request may have taken effect without its answer reaching us. */
  isUnsure: boolean;
  /** A request was answered with success, whatever came after it. */
  isDone: boolean;
}

export interface CallTrace {
  readonly policy: PipelinePolicy;
  begin(signal: AbortSignal): TracedCall;
}

/**
 * An SDK tells of the last try only. After a try whose answer was lost, "refused" at the next one must not be read as
 * "nothing happened". The policy belongs behind every retry, next to the wire.
 *
 * @param isRefusal an answer above 500 which says that nothing was done
 */
export function callTrace(isRefusal: (answer: PipelineResponse) => boolean = () => false): CallTrace {
  const calls = new WeakMap<object, TracedCall>();
  return {
    begin(signal) {
      const call = { signal: AbortSignal.any([signal]), isUnsure: false, isDone: false };
      calls.set(call.signal, call);
      return call;
    },
    policy: {
      name: "callTrace",
      async sendRequest(request, next) {
        const call = request.abortSignal === undefined ? undefined : calls.get(request.abortSignal);
        if (call === undefined || request.method === "GET") return next(request);
        try {
          const response = await next(request);
          if (response.status < 300) call.isDone = true;
          const isBroken = response.status === 408 || response.status >= 500;
          if (isBroken && !isRefusal(response)) call.isUnsure = true;
          return response;
        } catch (error) {
          if (!neverArrived.includes(codeOf(error) ?? "")) call.isUnsure = true;
          throw error;
        }
      },
    },
  };
}

/** There was no connection that a request could have gone over. */
const neverArrived = ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH", "EADDRNOTAVAIL"];

import * as v from "valibot";
import type { Section, Unavailable } from "../model/section.ts";
import { CollectError } from "./collectError.ts";
import { collected, unavailable } from "./section.ts";

/**
 * Reads one section; what stands in the way becomes its reason, and a bug is rethrown.
 *
 * @param what names the section in sentences, such as `firewallRules of server orders`
 */
export async function sectionOf<T>(
  what: string,
  read: () => Promise<readonly T[]>,
  signal: AbortSignal,
): Promise<Section<T>> {
  try {
    return collected(await untilAborted(read, signal));
  } catch (error) {
    return gapOf(what, error, signal);
  }
}

/** The gap that an error stands for. @throws whatever is no CollectError, no misfit and no abort */
export function gapOf(what: string, error: unknown, signal: AbortSignal): Unavailable {
  if (signal.aborted) return unavailable("deadline", `The run's time was over before ${what} was read.`);
  if (error instanceof CollectError) return unavailable(error.reason, error.message);
  if (v.isValiError<v.GenericSchema>(error)) return unavailable("shape", `${what}: ${misfitOf(error)}`);
  throw error;
}

/** `unexpected properties.endIpAddress`: the place and never the value, which may be anything. */
function misfitOf({ issues }: v.ValiError<v.GenericSchema>): string {
  const path = v.getDotPath(issues[0]) ?? "value";
  return `unexpected ${path}, where ${issues[0].expected ?? "something else"} was expected.`;
}

/** Adapters end their own work on abort; this keeps one that does not from holding up the rest. */
export async function untilAborted<T>(read: () => Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) throw new CollectError("deadline", "The run's time was over.");
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  function onAbort(): void {
    reject(new CollectError("deadline", "The run's time was over."));
  }
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([read(), aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

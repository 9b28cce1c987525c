import type { Collected, Unavailable, UnavailableReason } from "../model/section.ts";

export function collected<T>(items: readonly T[]): Collected<T> {
  return { state: "collected", items };
}

export function unavailable(reason: UnavailableReason, detail: string): Unavailable {
  return { state: "unavailable", reason, detail };
}

import type { Drift } from "../model/drift.ts";
import type { Severity } from "../model/server.ts";

/** How much a cause matters, and the words for it. */
export interface Judgement {
  readonly severity: Severity;
  /** A sentence: what changed, from what to what, and what it now allows. */
  readonly message: string;
  /** The first ones; the drift shows 20. */
  readonly effects: readonly string[];
  readonly effectCount: number;
  readonly direction: Drift["direction"];
  /** Login principals that can do something now which they could not before: all of them. */
  readonly gained: readonly string[];
}

export const severities: readonly Severity[] = ["critical", "high", "medium", "low", "info"];

export const maxSamples = 20;

export function worst(...given: readonly Severity[]): Severity {
  return severities.find((severity) => given.includes(severity)) ?? "info";
}

/** The milder of two. */
export function atMost(limit: Severity, severity: Severity): Severity {
  return severities.indexOf(severity) < severities.indexOf(limit) ? limit : severity;
}

export function isGrave(severity: Severity): boolean {
  return severity === "critical" || severity === "high";
}

export function judgement(
  severity: Severity,
  message: string,
  effects: readonly string[] = [],
  more: Partial<Pick<Judgement, "direction" | "gained" | "effectCount">> = {},
): Judgement {
  return { severity, message, effects, effectCount: effects.length, direction: "changed", gained: [], ...more };
}

/** A value in a sentence. */
export function shown(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (typeof value === "string") return `"${value}"`;
  return JSON.stringify(value);
}

/** `1 login role`, `500 tables`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

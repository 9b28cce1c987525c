import type { Severity } from "../model/server.ts";

/** How much a cause matters, and the words for it. */
export interface Judgement {
  readonly severity: Severity;
  /** A sentence: what changed, from what to what, and what it now allows. */
  readonly message: string;
  /** All of them; the drift shows 20. */
  readonly effects: readonly string[];
}

export const severities: readonly Severity[] = ["critical", "high", "medium", "low", "info"];

export function worst(...given: readonly Severity[]): Severity {
  return severities.find((severity) => given.includes(severity)) ?? "info";
}

export function isGrave(severity: Severity): boolean {
  return severity === "critical" || severity === "high";
}

export function judgement(severity: Severity, message: string, effects: readonly string[] = []): Judgement {
  return { severity, message, effects };
}

/** A value in a sentence. */
export function shown(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (typeof value === "string") return `"${value}"`;
  return JSON.stringify(value);
}

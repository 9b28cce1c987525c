import type { Section } from "../model/section.ts";
import { CollectError } from "./collectError.ts";
import type { Answer } from "./catalogSession.ts";
import { collected } from "./section.ts";
import { gapOf } from "./sectionOf.ts";

/** @param what names the section in sentences */
export function parseAnswer<T>(
  what: string,
  answer: Answer | undefined,
  parse: (rows: readonly unknown[]) => readonly T[],
  signal: AbortSignal,
): Section<T> {
  const rows = answer ?? new CollectError("shape", "PostgreSQL answered fewer statements than it was sent.");
  if (rows instanceof CollectError) return gapOf(what, rows, signal);
  try {
    return collected(parse(rows));
  } catch (error) {
    return gapOf(what, error, signal);
  }
}

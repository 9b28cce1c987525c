import * as v from "valibot";
import { canonicalJson, sha256 } from "../diff/canonical.ts";

/** What happened, as the caller knows it; `appendAudit` adds number, time and hashes. */
export interface AuditEvent {
  readonly actor: string;
  readonly action: string;
  readonly target: string;
  readonly outcome: string;
  readonly runId: string | null;
  readonly detail: Readonly<Record<string, unknown>>;
}

const Hash = v.pipe(v.string(), v.hexadecimal(), v.length(64));

/** One line of an audit chain. */
export const AuditLine = v.strictObject({
  seq: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  prevHash: Hash,
  time: v.string(),
  actor: v.string(),
  action: v.string(),
  target: v.string(),
  outcome: v.string(),
  runId: v.nullable(v.string()),
  detail: v.record(v.string(), v.unknown()),
  hash: Hash,
});
export type AuditLine = v.InferOutput<typeof AuditLine>;

/** A point of a chain: what the next line must carry. */
export interface ChainLink {
  readonly seq: number;
  readonly hash: string;
}

/** Before the first line of a stream. */
export const chainStart: ChainLink = { seq: 0, hash: "0".repeat(64) };

/** The line that follows `before`. */
export function makeLine(before: ChainLink, event: AuditEvent, time: string): AuditLine {
  const { actor, action, target, outcome, runId, detail } = event;
  const content = {
    seq: before.seq + 1,
    prevHash: before.hash,
    time,
    actor,
    action,
    target,
    outcome,
    runId,
    // As it will be read back: the hash covers the written form.
    detail: JSON.parse(canonicalJson(detail)) as Record<string, unknown>,
  };
  return { ...content, hash: hashOf(content) };
}

export function lineText(line: AuditLine): string {
  return `${canonicalJson(line)}\n`;
}

/** SHA-256 of the canonical JSON of everything in the line but its hash. */
function hashOf(content: Omit<AuditLine, "hash">): string {
  return sha256(canonicalJson(content));
}

/** A line that is exactly as it was written, or why it is not. */
export type ReadLine =
  | { readonly state: "whole"; readonly line: AuditLine }
  | { readonly state: "edited"; readonly line: AuditLine }
  | { readonly state: "unreadable" };

/** Judges one line on its own, without its newline: form and hash. The chain is the reader's to follow. */
export function readLine(text: string): ReadLine {
  const parsed = v.safeParse(AuditLine, parseJson(text));
  if (!parsed.success) return { state: "unreadable" };
  const { hash, ...content } = parsed.output;
  // The text must be canonical too: an edit that JSON does not see is an edit.
  const isWhole = hashOf(content) === hash && canonicalJson(parsed.output) === text;
  return { state: isWhole ? "whole" : "edited", line: parsed.output };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

import { type AuditBlob, byAge, parseAuditBlob, streamPrefix } from "./auditBlobs.ts";
import { type AuditLine, type ChainLink, chainStart, readLine } from "./auditLine.ts";
import { nextOf } from "./auditLog.ts";
import type { AppendStore } from "./stateStore.ts";

export interface AuditProblem {
  readonly blob: string;
  /** From 1; 0 for the blob as a whole. */
  readonly line: number;
  /** A sentence that names both and says what does not fit. */
  readonly message: string;
}

export interface AuditVerification {
  readonly streams: number;
  readonly lines: number;
  readonly problems: readonly AuditProblem[];
  /**
   * The last line of each stream. A chain cannot show that its newest lines were removed: compare these with rows of
   * PgWardenAudit_CL, or with an earlier verification.
   */
  readonly heads: readonly AuditHead[];
}

/** The last line of a stream that is as it was written. */
export interface AuditHead {
  readonly stream: string;
  /** 0 when the stream has no such line. */
  readonly seq: number;
  /** Null when the stream has no such line. */
  readonly time: string | null;
  readonly hash: string;
}

/** Follows every audit chain from its first line: finds lines edited, removed, inserted, moved or cut. */
export async function verifyAudit(store: AppendStore, signal: AbortSignal): Promise<AuditVerification> {
  const problems: AuditProblem[] = [];
  const streams = new Map<string, AuditBlob[]>();
  for (const name of await store.list(streamPrefix(), signal)) {
    const blob = parseAuditBlob(name);
    if (blob === undefined)
      problems.push({ blob: name, line: 0, message: `Blob ${name} is no part of an audit stream.` });
    else streams.set(blob.stream, [...(streams.get(blob.stream) ?? []), blob]);
  }

  let lines = 0;
  const heads: AuditHead[] = [];
  for (const [stream, blobs] of streams) {
    const walk = chainWalk();
    for (const blob of blobs.sort(byAge)) walk.blob(blob, (await store.read(blob.name, signal)) ?? new Uint8Array());
    const { seen, head, found } = walk.end();
    lines += seen;
    problems.push(...found);
    heads.push({ stream, ...head });
  }
  return { streams: streams.size, lines, problems, heads };
}

interface ChainWalk {
  /** Blobs of one stream, oldest first. */
  blob(blob: AuditBlob, bytes: Uint8Array): void;
  end(): { readonly seen: number; readonly head: Omit<AuditHead, "stream">; readonly found: readonly AuditProblem[] };
}

function chainWalk(): ChainWalk {
  const found: AuditProblem[] = [];
  let seen = 0;
  let head: Omit<AuditHead, "stream"> = { ...chainStart, time: null };
  // What the next line may follow: the last whole line, or an edited one after it by the hash it still claims.
  let links: readonly ChainLink[] = [chainStart];
  let closing: { readonly blob: AuditBlob; readonly line: number; readonly next: AuditBlob } | undefined;
  let last: { readonly blob: AuditBlob; readonly line: number } | undefined;

  function report(blob: string, line: number, what: string): void {
    found.push({ blob, line, message: line === 0 ? `Blob ${blob} ${what}` : `Line ${line} of ${blob} ${what}` });
  }

  function follow(blob: AuditBlob, number: number, line: AuditLine): void {
    const expected = (links[0]?.seq ?? 0) + 1;
    if (!links.some(({ seq, hash }) => line.seq === seq + 1 && line.prevHash === hash))
      report(blob.name, number, misfit(line, expected));
  }

  function whole(blob: AuditBlob, number: number, line: AuditLine): void {
    follow(blob, number, line);
    if (closing?.blob.name === blob.name) report(blob.name, number, "stands after the line that closed the blob.");
    links = [line];
    head = { seq: line.seq, time: line.time, hash: line.hash };
    const next = nextOf(line, blob);
    closing = next === undefined ? closing : { blob, line: number, next };
  }

  return {
    blob(blob, bytes) {
      if (last !== undefined) {
        if (closing?.blob.name !== last.blob.name)
          report(last.blob.name, last.line, `is the last one there, and no line closed the blob before ${blob.name}.`);
        else if (closing.next.name !== blob.name)
          report(blob.name, 0, `is not ${closing.next.name}, which follows ${last.blob.name}.`);
      }
      const content = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
      // Bytes that are no text would read as the replacement character, which a line may hold.
      if (Buffer.compare(Buffer.from(content), bytes) !== 0) report(blob.name, 0, "is no UTF-8 text.");
      const texts = content.split("\n");
      const rest = texts.pop() ?? "";
      for (const [index, text] of texts.entries()) {
        const read = readLine(text);
        seen += 1;
        if (read.state === "whole") whole(blob, index + 1, read.line);
        else report(blob.name, index + 1, unlike(read.state));
        if (read.state === "edited") links = [...links, read.line];
      }
      if (rest !== "") {
        seen += 1;
        report(blob.name, texts.length + 1, "is cut short.");
      }
      last = { blob, line: texts.length };
    },

    end() {
      if (closing !== undefined && closing.blob.name === last?.blob.name)
        report(closing.next.name, 0, `is missing; line ${closing.line} of ${closing.blob.name} says that it follows.`);
      return { seen, head, found };
    },
  };
}

function unlike(state: "edited" | "unreadable"): string {
  return state === "edited" ? "is not as it was written: its hash does not fit." : "is not a line of the audit log.";
}

function misfit({ seq }: AuditLine, expected: number): string {
  if (seq === expected) return "does not follow the line before it: that one was edited or replaced.";
  if (seq > expected) return `has number ${seq}, but ${expected} comes next: lines were removed or moved.`;
  return `has number ${seq}, but ${expected} comes next: a line was inserted, repeated or moved.`;
}

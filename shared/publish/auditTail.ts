import { type AuditLine, readLine } from "./auditLine.ts";

/** Ends every line of an audit blob. */
export const newline = 0x0a;

/** A line that is as it was written, and where it ends in its blob, its newline included. */
interface PlacedLine {
  readonly line: AuditLine;
  readonly end: number;
}

/** Whole lines, from the last to the first; what is damaged in between is passed over. */
export function* linesFromEnd(bytes: Uint8Array): Generator<PlacedLine, undefined> {
  let end = bytes.lastIndexOf(newline) + 1;
  while (end > 0) {
    const start = end < 2 ? 0 : bytes.lastIndexOf(newline, end - 2) + 1;
    const read = readLine(new TextDecoder().decode(bytes.subarray(start, end - 1)));
    if (read.state === "whole") yield { line: read.line, end };
    end = start;
  }
}

/**
 * The lines of whichever run wrote last, oldest first. A line without a run stands alone.
 *
 * @param since ISO 8601; older ones are left out
 */
export function lastRun(bytes: Uint8Array, since: string): readonly AuditLine[] {
  const lines: AuditLine[] = [];
  for (const { line } of linesFromEnd(bytes)) {
    const [newest] = lines;
    if (line.time < since || (newest !== undefined && (newest.runId === null || newest.runId !== line.runId))) break;
    lines.unshift(line);
  }
  return lines;
}

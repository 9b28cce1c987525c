import { type AuditBlob, byAge, parseAuditBlob, streamPrefix } from "../publish/auditBlobs.ts";
import { type AuditLine, readLine } from "../publish/auditLine.ts";
import type { AppendStore } from "../publish/stateStore.ts";
import { longest, table } from "./table.ts";

/** The lines of one audit stream, oldest first; what does not hold is left to `audit verify`. */
export async function auditTrail(
  stream: string,
  store: AppendStore,
  signal: AbortSignal,
): Promise<readonly AuditLine[]> {
  const names = await store.list(streamPrefix(stream), signal);
  const blobs = names.map(parseAuditBlob).filter((blob): blob is AuditBlob => blob !== undefined);
  const lines: AuditLine[] = [];
  for (const { name } of blobs.toSorted(byAge)) {
    const text = new TextDecoder().decode((await store.read(name, signal)) ?? new Uint8Array());
    for (const one of text.split("\n")) {
      const read = readLine(one);
      if (read.state === "whole") lines.push(read.line);
    }
  }
  return lines;
}

/** When, what, with what outcome, and its sentence. */
export function auditTable(lines: readonly AuditLine[], width: number): string {
  const columns = [
    { head: "NO", width: 5 },
    { head: "TIME", width: 14 },
    {
      head: "ACTION",
      width: longest(
        "ACTION",
        lines.map(({ action }) => action),
      ),
    },
    {
      head: "OUTCOME",
      width: longest(
        "OUTCOME",
        lines.map(({ outcome }) => outcome),
      ),
    },
    { head: "GEN", width: 5 },
    { head: "WHAT HAPPENED" },
  ];
  const rows = lines.map(({ seq, time, action, outcome, detail }) => [
    String(seq),
    time.slice(11, 23),
    action,
    outcome,
    wordOf(detail["generation"]),
    wordOf(detail["message"]),
  ]);
  return table(columns, rows, width);
}

function wordOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

import type { AuditHead, AuditVerification } from "../publish/verifyAudit.ts";
import { longest, table } from "./table.ts";
import { visibleLine } from "./visible.ts";

/**
 * A verification for people: what does not fit, then the head of each stream, then the verdict. A chain cannot show
 * that its newest lines are missing: the heads are there to be compared with the newest rows of PgWardenAudit_CL.
 */
export function auditText({ streams, lines, problems, heads }: AuditVerification, width: number): string {
  const verdict = problems.length === 0 ? "every hash fits" : `${problems.length} problems`;
  return [
    ...problems.map(({ blob, line, message }) => visibleLine(`${blob}:${line} ${message}`)),
    ...(heads.length === 0 ? [] : [headTable(heads, width)]),
    `${lines} lines in ${streams} streams: ${verdict}.`,
  ].join("\n");
}

function headTable(heads: readonly AuditHead[], width: number): string {
  const rows = heads.map(({ stream, seq, time, hash }) => [stream, String(seq), time ?? "no whole line", hash]);
  const names = heads.map(({ stream }) => stream);
  const columns = [
    { head: "STREAM", width: longest("STREAM", names) },
    { head: "LAST LINE", width: 11 },
    { head: "TIME", width: 26 },
    { head: "HASH" },
  ];
  // A hash is never broken: it is there to be copied.
  return table(columns, rows, Math.max(width, longest("STREAM", names) + 120));
}

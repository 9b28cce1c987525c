import type { AuditLine } from "../auditLine.ts";
import type { TableRow } from "../tables.ts";
import { makeRow, type RowContext } from "./row.ts";

/** One row per line that `appendAudit` wrote. */
export function auditRows(
  stream: string,
  lines: readonly AuditLine[],
  { now, server }: Pick<RowContext, "now" | "server">,
): readonly TableRow<"PgWardenAudit_CL">[] {
  return lines.map((line) =>
    makeRow("PgWardenAudit_CL", { runId: line.runId ?? "", now, takenAt: line.time, server }, `${stream}/${line.seq}`, {
      Stream: stream,
      Seq: line.seq,
      PrevHash: line.prevHash,
      LineHash: line.hash,
      EventTime: line.time,
      Actor: line.actor,
      Action: line.action,
      Target: line.target,
      Outcome: line.outcome,
      Detail: line.detail,
    }),
  );
}

import type { Delivery } from "../publish/deliverRows.ts";
import { deliverRows, withOversized } from "../publish/deliverRows.ts";
import { chunkRows } from "../publish/chunkRows.ts";
import type { AuditLine } from "../publish/auditLine.ts";
import { appendAudit } from "../publish/auditLog.ts";
import type { AuditEvent } from "../publish/auditLine.ts";
import { auditRows } from "../publish/rows/auditRows.ts";
import type { Row } from "../publish/sink.ts";
import { streamOf, type TableName } from "../publish/tables.ts";
import type { ServerRef } from "../model/server.ts";
import type { ScanPorts } from "./scanPorts.ts";

/** What it takes to write down what happened. */
export type RecordPorts = Pick<ScanPorts, "store" | "audit" | "sink" | "now">;

export type RowsByTable = Readonly<Partial<Record<TableName, readonly Row[]>>>;

/** Chunks the rows of each table and delivers them; what is not accepted goes to the spool. */
export async function deliverTables(tables: RowsByTable, ports: RecordPorts, signal: AbortSignal): Promise<Delivery> {
  const packed = Object.entries(tables).map(([table, rows]) => chunkRows(streamOf(table as TableName), rows));
  const chunks = packed.flatMap((one) => one.chunks);
  const delivery = await deliverRows(chunks, ports.sink, ports.store, signal, ports.now());
  return withOversized(
    delivery,
    packed.flatMap((one) => one.oversized),
  );
}

/** Adds events to an audit stream, and tells Log Analytics the same. @returns the lines as they stand in the chain */
export async function audit(
  stream: string,
  events: readonly AuditEvent[],
  server: ServerRef | null,
  ports: RecordPorts,
  signal: AbortSignal,
): Promise<readonly AuditLine[]> {
  const now = ports.now();
  const { lines, earlier } = await appendAudit(ports.audit, stream, events, now, signal);
  const told = [...earlier, ...lines];
  await deliverTables({ PgWardenAudit_CL: auditRows(stream, told, { now, server }) }, ports, signal);
  return lines;
}

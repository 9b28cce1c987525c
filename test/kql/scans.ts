import { updateLedger } from "../../shared/diff/ledger.ts";
import { diffSnapshots } from "../../shared/diff/diffSnapshots.ts";
import { digestOf } from "../../shared/diff/snapshotDigest.ts";
import { snapshotOf } from "../../shared/diff/snapshot.ts";
import type { LedgerEntry, Snapshot } from "../../shared/model/drift.ts";
import type { Finding } from "../../shared/model/finding.ts";
import type { DeliveryStatus, Run } from "../../shared/model/run.ts";
import type { Sections } from "../../shared/model/section.ts";
import type { ServerRef } from "../../shared/model/server.ts";
import { driftRows } from "../../shared/publish/rows/driftRows.ts";
import { findingRows } from "../../shared/publish/rows/findingRows.ts";
import { firewallRows } from "../../shared/publish/rows/firewallRows.ts";
import { roleRows } from "../../shared/publish/rows/roleRows.ts";
import { runRow, runServerRow } from "../../shared/publish/rows/runRows.ts";
import { serverRow } from "../../shared/publish/rows/serverRow.ts";
import { settingRows } from "../../shared/publish/rows/settingRows.ts";
import { summarise } from "../../shared/runs/summarise.ts";
import { posture, serverRef } from "../builders.ts";
import { run } from "../publish/publishBuilders.ts";
import type { Rows } from "./evaluate.ts";
import { ingestionTime, type Row } from "./value.ts";

/** One scan of one server, as a test gives it. */
export interface Scan {
  /** When the server was read, ISO 8601; its rows are made five seconds later. */
  readonly at: string;
  readonly server?: ServerRef;
  readonly sections?: Partial<Sections>;
  readonly findings?: readonly Finding[];
  /** When its rows came, if it was much later: they waited in the spool. */
  readonly ingestedAt?: string;
}

interface Memory {
  readonly snapshot: Snapshot;
  readonly ledger: readonly LedgerEntry[];
}

/** The rows of scans, one after the other, as the product makes them: each knows the one before of its server. */
export function scanned(scans: readonly Scan[], baseline?: Partial<Sections>): Rows {
  const memories = new Map<string, Memory>();
  const approved = baseline === undefined ? undefined : snapshotOf(posture(baseline));
  return merged(
    scans.map((scan) => {
      const server = scan.server ?? serverRef();
      const { rows, memory } = scanOnce(scan, server, memories.get(server.id), approved);
      memories.set(server.id, memory);
      return scan.ingestedAt === undefined ? rows : ingestedAt(scan.ingestedAt, rows);
    }),
  );
}

function scanOnce(
  { at, sections = {}, findings = [] }: Scan,
  server: ServerRef,
  before: Memory | undefined,
  approved: Snapshot | undefined,
): { readonly rows: Rows; readonly memory: Memory } {
  const read = { ...posture(sections, server), takenAt: at };
  const snapshot = snapshotOf(read);
  const ledger = updateLedger(before?.ledger ?? [], findings, at);
  const drifts = [
    ...(before === undefined
      ? []
      : diffSnapshots(before.snapshot, snapshot, { comparison: "previous", serverId: server.id })),
    ...(approved === undefined
      ? []
      : diffSnapshots(approved, snapshot, { comparison: "baseline", serverId: server.id })),
  ];
  const context = { runId: `run-${at}`, now: after(at, 5), takenAt: at, server };
  const result = summarise({
    runId: context.runId,
    posture: read,
    findings,
    drifts,
    digest: digestOf(snapshot),
    startedAt: at,
    durationMs: 900,
    armReads: 9,
    delivery: "delivered",
  });
  const rows = sent({
    PgWardenRun_CL: [runServerRow(result, run(), context)],
    PgWardenServer_CL: [serverRow(read, context)],
    PgWardenFinding_CL: findingRows(findings, ledger.changes, new Map(), context),
    PgWardenDrift_CL: driftRows(drifts, context),
    PgWardenFirewall_CL: firewallRows(read, { firewallRules: {} }, context),
    PgWardenSetting_CL: settingRows(read, context),
    PgWardenRole_CL: roleRows(read, context),
  });
  return { rows, memory: { snapshot, ledger: ledger.entries } };
}

/** The row about a whole run that ended a minute after it began. */
export function runOf(startedAt: string, override: Partial<Run> & { readonly delivery?: DeliveryStatus } = {}): Rows {
  const whole = run({
    runId: `run-${startedAt}`,
    startedAt,
    finishedAt: after(startedAt, 60).toISOString(),
    status: "succeeded",
    missing: [],
    coverageFindings: [],
    ...override,
  });
  return sent({ PgWardenRun_CL: [runRow(whole, { now: after(startedAt, 65), takenAt: startedAt })] });
}

export function after(time: string, seconds: number): Date {
  return new Date(Date.parse(time) + seconds * 1000);
}

/** As rows are sent: JSON. */
export function sent(tables: Readonly<Record<string, readonly object[]>>): Rows {
  return JSON.parse(JSON.stringify(tables)) as Rows;
}

export function merged(all: readonly Rows[]): Rows {
  const tables: Record<string, readonly Row[]> = {};
  for (const rows of all)
    for (const [table, list] of Object.entries(rows)) tables[table] = [...(tables[table] ?? []), ...list];
  return tables;
}

/** Rows that came at a later time than they were made. */
export function ingestedAt(time: string, rows: Rows): Rows {
  return Object.fromEntries(
    Object.entries(rows).map(([table, list]) => [table, list.map((row) => ({ ...row, [ingestionTime]: time }))]),
  );
}

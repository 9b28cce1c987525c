import { type ControlMeta } from "../controls/control.ts";
import type { LedgerChange } from "../diff/ledger.ts";
import type { Drift } from "../model/drift.ts";
import type { Finding, History } from "../model/finding.ts";
import type { Posture } from "../model/posture.ts";
import type { Delivery } from "../publish/deliverRows.ts";
import { driftRows } from "../publish/rows/driftRows.ts";
import { findingRows } from "../publish/rows/findingRows.ts";
import { firewallRows } from "../publish/rows/firewallRows.ts";
import { roleRows } from "../publish/rows/roleRows.ts";
import { serverRow } from "../publish/rows/serverRow.ts";
import { settingRows } from "../publish/rows/settingRows.ts";
import { deliverTables } from "./deliver.ts";
import type { ScanPorts } from "./scanPorts.ts";

export interface ServerConclusions {
  readonly runId: string;
  readonly posture: Posture;
  readonly findings: readonly Finding[];
  readonly drifts: readonly Drift[];
  readonly changes: readonly LedgerChange[];
  readonly history: History;
}

/** Rows of one server's scan, all tables; its own run row comes when the run is closed. */
export async function deliverServer(
  { runId, posture, findings, drifts, changes, history }: ServerConclusions,
  ports: ScanPorts,
  signal: AbortSignal,
): Promise<Delivery> {
  const context = { runId, now: ports.now(), takenAt: posture.takenAt, server: posture.server };
  const metas: ReadonlyMap<string, ControlMeta> = new Map(ports.controls.map(({ meta }) => [meta.id, meta]));
  const tables = {
    PgWardenServer_CL: [serverRow(posture, context)],
    PgWardenFinding_CL: findingRows(findings, changes, metas, context),
    PgWardenDrift_CL: driftRows(drifts, context),
    PgWardenFirewall_CL: firewallRows(posture, history, context),
    PgWardenSetting_CL: settingRows(posture, context),
    PgWardenRole_CL: roleRows(posture, context),
  };
  return await deliverTables(tables, ports, signal);
}

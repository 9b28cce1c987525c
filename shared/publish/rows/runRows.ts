import type { DeliveryStatus, Run, ServerResult } from "../../model/run.ts";
import type { TableRow } from "../tables.ts";
import { makeRow, type RowContext } from "./row.ts";

/** The row about a whole run. A run that is told of twice, open and closed, keeps its RowId: the later one counts. */
export function runRow(run: Run, context: Omit<RowContext, "server" | "runId">): TableRow<"PgWardenRun_CL"> {
  const { runId, startedAt, finishedAt } = run;
  return makeRow("PgWardenRun_CL", { ...context, runId, server: null }, "run", {
    ...noCounts,
    Scope: "run",
    Reason: run.reason,
    Actor: run.actor,
    Status: run.status,
    StartedAt: startedAt,
    FinishedAt: finishedAt,
    DurationMs: finishedAt === null ? null : Date.parse(finishedAt) - Date.parse(startedAt),
    ServersExpected: run.expected.length,
    ServersMissing: run.missing,
    CoverageFindings: run.coverageFindings,
    Delivery: run.delivery,
  });
}

/** The row about one server in a run. */
export function runServerRow(
  result: Omit<ServerResult, "delivery"> & { readonly delivery: DeliveryStatus | null },
  { reason, actor }: Pick<Run, "reason" | "actor">,
  context: RowContext,
): TableRow<"PgWardenRun_CL"> {
  const { outcomes } = result;
  return makeRow("PgWardenRun_CL", context, "server", {
    ...noCounts,
    Scope: "server",
    Reason: reason,
    Actor: actor,
    Status: result.status,
    StartedAt: result.startedAt,
    DurationMs: result.durationMs,
    Gaps: result.gaps,
    PassCount: outcomes.pass,
    FailCount: outcomes.fail,
    NotApplicableCount: outcomes.notApplicable,
    UnknownCount: outcomes.unknown,
    WaivedCount: outcomes.waived,
    FailedBySeverity: result.failed,
    DriftCount: result.driftCount,
    ArmReads: result.armReads,
    SnapshotDigest: result.digest,
    Delivery: result.delivery,
  });
}

const noCounts = {
  FinishedAt: null,
  ServersExpected: null,
  ServersMissing: null,
  CoverageFindings: null,
  Gaps: null,
  PassCount: null,
  FailCount: null,
  NotApplicableCount: null,
  UnknownCount: null,
  WaivedCount: null,
  FailedBySeverity: null,
  DriftCount: null,
  ArmReads: null,
  SnapshotDigest: null,
};

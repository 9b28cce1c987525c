import type { Drift } from "../model/drift.ts";
import type { Finding } from "../model/finding.ts";
import type { Run, ServerResult } from "../model/run.ts";
import type { ServerRef } from "../model/server.ts";
import type { Report } from "./reportSchema.ts";

/** What one server's scan concluded. */
export interface ReportedServer {
  readonly result: ServerResult;
  readonly server: ServerRef;
  readonly takenAt: string;
  readonly findings: readonly Finding[];
  readonly drifts: readonly Drift[];
}

/**
 * The answer of `--format json`: `pgwarden.report/1`, as `reportSchema.ts` documents it. Keys stand in one fixed order,
 * servers by name, findings and drifts as the scan gave them.
 */
export function reportJson(run: Run, servers: readonly ReportedServer[]): Report {
  const { runId, reason, actor, status, startedAt, finishedAt, expected, missing, coverageFindings, delivery } = run;
  return {
    schema: "pgwarden.report/1",
    run: {
      runId,
      reason,
      actor,
      status,
      startedAt,
      finishedAt,
      expected: expected.length,
      missing: [...missing],
      coverage: [...coverageFindings],
      delivery,
    },
    servers: [...servers].sort(byName).map(reportServer),
  };
}

function reportServer({ result, server, takenAt, findings, drifts }: ReportedServer): Report["servers"][number] {
  const { outcomes, failed } = result;
  return {
    id: server.id,
    name: server.name,
    subscriptionId: server.subscriptionId,
    resourceGroup: server.resourceGroup,
    location: server.location,
    takenAt,
    status: result.status,
    digest: result.digest,
    durationMs: result.durationMs,
    armReads: result.armReads,
    delivery: result.delivery,
    gaps: result.gaps.map(({ section, reason, detail }) => ({ section, reason, detail })),
    outcomes: {
      pass: outcomes.pass,
      fail: outcomes.fail,
      notApplicable: outcomes.notApplicable,
      unknown: outcomes.unknown,
      waived: outcomes.waived,
    },
    failed: {
      critical: failed.critical,
      high: failed.high,
      medium: failed.medium,
      low: failed.low,
      info: failed.info,
    },
    findings: findings.map(({ fingerprint, controlId, title, severity, subject, outcome, message }) => ({
      fingerprint,
      control: controlId,
      title,
      severity,
      subject,
      outcome,
      message,
    })),
    drifts: drifts.map(reportDrift),
  };
}

function reportDrift(drift: Drift): Report["servers"][number]["drifts"][number] {
  return {
    driftId: drift.driftId,
    comparison: drift.comparison,
    change: drift.change,
    cause: drift.cause,
    severity: drift.severity,
    message: drift.message,
    before: drift.before,
    after: drift.after,
    effectCount: drift.effectCount,
    effects: [...drift.effects],
    direction: drift.direction,
    database: drift.database,
    gainedCount: drift.gainedCount,
    gainedPrincipals: [...drift.gainedPrincipals],
  };
}

function byName({ server: left }: ReportedServer, { server: right }: ReportedServer): number {
  if (left.id === right.id) return 0;
  return [left.name, left.id].join("\n") < [right.name, right.id].join("\n") ? -1 : 1;
}

import type { Drift } from "../../shared/model/drift.ts";
import type { Finding } from "../../shared/model/finding.ts";
import type { Run, ServerResult } from "../../shared/model/run.ts";
import { sha256 } from "../../shared/diff/canonical.ts";
import { serverRef, takenAt } from "../builders.ts";

export function finding(override: Partial<Finding> = {}): Finding {
  const { controlId = "net-fw-range-size", subject = "firewallRule/office" } = override;
  return {
    fingerprint: sha256(`${controlId} ${subject}`),
    controlId,
    title: "No rule is wider than the limit",
    severity: "high",
    subject,
    outcome: "fail",
    message: "Rule office admits 4096 addresses; the limit is 256.",
    ...override,
  };
}

export function drift(override: Partial<Drift> = {}): Drift {
  return {
    driftId: "a".repeat(64),
    comparison: "previous",
    change: "changed",
    direction: "changed",
    database: null,
    cause: "parameter/require_secure_transport",
    severity: "critical",
    message: "Connections without TLS are accepted now.",
    before: { value: "on", source: null },
    after: { value: "off", source: "user-override" },
    effectCount: 1,
    effects: ["the running server shows it"],
    gainedCount: 0,
    gainedPrincipals: [],
    ...override,
  };
}

export function run(override: Partial<Run> = {}): Run {
  return {
    runId: "r1",
    reason: "timer",
    actor: "timer",
    startedAt: takenAt,
    deadline: "2026-11-22T07:00:00.000Z",
    finishedAt: "2026-11-22T06:01:00.000Z",
    status: "partial",
    scope: "fleet",
    expected: [serverRef(), serverRef({ name: "billing" })],
    missing: ["billing"],
    coverageFindings: ["Discovery found 2 servers; the run before found 3."],
    delivery: "delivered",
    ...override,
  };
}

export function serverResult(override: Partial<ServerResult> = {}): ServerResult {
  return {
    runId: "r1",
    serverId: serverRef().id,
    serverName: "orders",
    status: "partial",
    startedAt: takenAt,
    durationMs: 1234,
    digest: "d".repeat(64),
    gaps: [{ section: "roles", database: null, reason: "denied", detail: "The login has no right." }],
    outcomes: { pass: 10, fail: 2, notApplicable: 3, unknown: 1, waived: 0 },
    failed: { critical: 1, high: 1, medium: 0, low: 0, info: 0 },
    driftCount: 1,
    armReads: 9,
    delivery: "delivered",
    ...override,
  };
}

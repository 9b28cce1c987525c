import * as v from "valibot";
import { SnapshotBody } from "../diff/parseSnapshot.ts";

const Severity = v.picklist(["critical", "high", "medium", "low", "info"]);
const Delivery = v.picklist(["delivered", "spooled", "lost"]);
const Count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const Instant = v.pipe(v.string(), v.isoTimestamp());
const Digest = v.pipe(v.string(), v.hexadecimal(), v.length(64));

const SectionName = v.picklist([
  "server",
  "firewallRules",
  "parameters",
  "entraAdministrators",
  "privateEndpointConnections",
  "threatProtection",
  "diagnosticSettings",
  "backups",
  "replicas",
  "delegatedNetwork",
  "privateDnsZone",
  "loginHistory",
  "credentials",
  "credentialLogins",
  "vaults",
  "context",
  "settings",
  "roles",
  "passwordTypes",
  "memberships",
  "roleSettings",
  "sessions",
  "databases",
  "sharedAcls",
  "subscriptions",
  "replicationSlots",
  "canaries",
  "plaintextProbes",
  "legacyTlsProbes",
  "tlsProbes",
  "dnsProbes",
  "reachabilityProbes",
]);

const DatabaseSectionName = v.picklist([
  "acls",
  "defaultPrivileges",
  "protectedTables",
  "rowPolicies",
  "partitions",
  "definerFunctions",
  "protectedViews",
  "extensions",
  "eventTriggers",
  "publications",
  "userMappings",
  "foreignServers",
  "languages",
  "notableFunctions",
  "sensitiveColumns",
  "cronJobs",
]);

const ServerRef = v.object({
  id: v.string(),
  name: v.string(),
  subscriptionId: v.string(),
  resourceGroup: v.string(),
  location: v.string(),
  tags: v.record(v.string(), v.string()),
});

export const RunBody = v.object({
  runId: v.string(),
  reason: v.picklist(["timer", "http", "change", "cli"]),
  actor: v.string(),
  startedAt: Instant,
  deadline: Instant,
  finishedAt: v.nullable(Instant),
  status: v.picklist(["running", "succeeded", "partial", "failed"]),
  scope: v.picklist(["fleet", "servers"]),
  expected: v.array(ServerRef),
  missing: v.array(v.string()),
  coverageFindings: v.array(v.string()),
  delivery: v.nullable(Delivery),
});

const Gap = v.object({
  section: v.union([SectionName, DatabaseSectionName]),
  // Answers that were stored before databases were read have none.
  database: v.optional(v.nullable(v.string()), null),
  reason: v.picklist(["denied", "timeout", "unreachable", "absent", "shape", "deadline"]),
  detail: v.string(),
});

export const ServerResultBody = v.object({
  runId: v.string(),
  serverId: v.string(),
  serverName: v.string(),
  status: v.picklist(["succeeded", "partial", "failed"]),
  startedAt: Instant,
  durationMs: v.number(),
  digest: Digest,
  gaps: v.array(Gap),
  outcomes: v.object({ pass: Count, fail: Count, notApplicable: Count, unknown: Count, waived: Count }),
  failed: v.object({ critical: Count, high: Count, medium: Count, low: Count, info: Count }),
  driftCount: Count,
  armReads: Count,
  delivery: Delivery,
});

/** `snapshots/{serverKey}/latest.json`: what the next scan compares with, and the answer that it belongs to. */
export const LatestBody = v.object({
  runId: v.string(),
  takenAt: Instant,
  digest: Digest,
  snapshot: SnapshotBody,
  history: v.object({
    firewallRules: v.record(v.string(), Instant),
    newRoles: v.exactOptional(v.record(v.string(), Instant)),
  }),
  result: ServerResultBody,
});

const approval = {
  serverId: v.string(),
  digest: Digest,
  approvedBy: v.string(),
  approvedAt: Instant,
  reason: v.string(),
  expires: v.nullable(v.string()),
};

export const BaselineBody = v.object({ ...approval, snapshot: SnapshotBody });

/** A baseline over a snapshot of version 1, of which only the approval is read. */
export const OutdatedBaselineBody = v.object({ ...approval, snapshot: v.looseObject({ schema: v.string() }) });

const LedgerEntry = v.object({
  fingerprint: v.string(),
  controlId: v.string(),
  subject: v.string(),
  outcome: v.picklist(["fail", "unknown", "waived"]),
  severity: Severity,
  message: v.string(),
  firstSeen: Instant,
  changedAt: Instant,
  resolvedAt: v.nullable(Instant),
});

/** `findings/{serverKey}/ledger.json`, with the entries before the run that wrote it: that run may be repeated. */
export const LedgerBody = v.object({
  runId: v.string(),
  entries: v.array(LedgerEntry),
  before: v.array(LedgerEntry),
});

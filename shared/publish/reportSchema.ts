import * as v from "valibot";

function described<S extends v.GenericSchema>(schema: S, text: string) {
  return v.pipe(schema, v.description(text));
}

const Severity = v.picklist(["critical", "high", "medium", "low", "info"]);
const Delivery = v.picklist(["delivered", "spooled", "lost"]);
const Count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const Instant = v.pipe(v.string(), v.isoTimestamp());
const Sha256 = v.pipe(v.string(), v.hexadecimal(), v.length(64));

const Gap = v.object({
  section: described(v.string(), "Part of the posture that could not be read."),
  reason: v.picklist(["denied", "timeout", "unreachable", "absent", "shape", "deadline"]),
  detail: described(v.string(), "What was missing, and what grants it."),
});

const Finding = v.object({
  fingerprint: described(Sha256, "The same for server, control and subject in every run."),
  control: described(v.string(), "Id of the control: `pgwarden controls <id>` explains it."),
  title: v.string(),
  severity: Severity,
  subject: described(v.string(), "`kind` or `kind/name`; `%` and `/` in names are percent-encoded."),
  outcome: v.picklist(["pass", "fail", "notApplicable", "unknown", "waived"]),
  message: described(v.string(), "A sentence: subject, value met, value allowed."),
});

const Drift = v.object({
  driftId: described(Sha256, "The same for server, comparison and cause while the drift stays."),
  comparison: v.picklist(["baseline", "previous"]),
  change: v.picklist(["added", "removed", "changed", "recreated"]),
  cause: described(v.string(), "The one thing that changed, such as `membership/azure_pg_admin/app_rw`."),
  severity: Severity,
  message: v.string(),
  before: described(v.unknown(), "Null when there was none."),
  after: described(v.unknown(), "Null when there is none."),
  effectCount: Count,
  effects: described(v.pipe(v.array(v.string()), v.maxLength(20)), "At most 20 of them."),
  direction: described(v.picklist(["gained", "lost", "changed"]), "Whether someone can do more now, or less."),
  database: described(v.nullable(v.string()), "Null for the server itself."),
  gainedCount: described(Count, "Login principals that can do something now which they could not before."),
  gainedPrincipals: described(v.pipe(v.array(v.string()), v.maxLength(20)), "At most 20 of them."),
});

const Server = v.object({
  id: described(v.string(), "ARM resource id in lower case."),
  name: v.string(),
  subscriptionId: v.string(),
  resourceGroup: v.string(),
  location: v.string(),
  takenAt: Instant,
  status: described(v.picklist(["succeeded", "partial", "failed"]), "`partial`: something could not be read."),
  digest: described(Sha256, "Of the canonical snapshot: what a baseline approval names."),
  durationMs: v.number(),
  armReads: Count,
  delivery: described(Delivery, "What became of the rows for Log Analytics."),
  gaps: v.array(Gap),
  outcomes: v.object({ pass: Count, fail: Count, notApplicable: Count, unknown: Count, waived: Count }),
  failed: described(
    v.object({ critical: Count, high: Count, medium: Count, low: Count, info: Count }),
    "Open fails by severity.",
  ),
  findings: v.array(Finding),
  drifts: v.array(Drift),
});

/** `pgwarden.report/1`. It stays compatible: fields may be added, none changes its meaning or goes. */
export const Report = v.object({
  schema: v.literal("pgwarden.report/1"),
  run: v.object({
    runId: v.string(),
    reason: v.picklist(["timer", "http", "change", "cli"]),
    actor: v.string(),
    status: v.picklist(["running", "succeeded", "partial", "failed"]),
    startedAt: Instant,
    finishedAt: v.nullable(Instant),
    expected: described(Count, "Servers that the run set out to read."),
    missing: described(v.array(v.string()), "Servers without an answer."),
    coverage: described(v.array(v.string()), "Sentences about the inventory itself."),
    delivery: v.nullable(Delivery),
  }),
  servers: v.array(Server),
});
export type Report = v.InferOutput<typeof Report>;

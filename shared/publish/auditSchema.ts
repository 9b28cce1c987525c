import * as v from "valibot";
import type { AuditVerification } from "./verifyAudit.ts";

function described<S extends v.GenericSchema>(schema: S, text: string) {
  return v.pipe(schema, v.description(text));
}

const Head = v.object({
  stream: v.string(),
  seq: described(v.number(), "Column Seq of PgWardenAudit_CL; 0 when no line of the stream is as it was written."),
  time: described(v.nullable(v.string()), "When the line was written, ISO 8601, UTC."),
  hash: described(v.string(), "Column LineHash of PgWardenAudit_CL, 64 hex digits."),
});

const Problem = v.object({
  blob: v.string(),
  line: described(v.number(), "From 1; 0 for the blob as a whole."),
  message: v.string(),
});

/** What `pgwarden audit verify --format json` prints. It stays compatible: fields may be added, none changes or goes. */
export const AuditReport = v.object({
  schema: v.literal("pgwarden.audit/1"),
  streams: v.number(),
  lines: v.number(),
  problems: described(v.pipe(v.array(Problem), v.readonly()), "What does not fit; empty when every hash does."),
  heads: described(
    v.pipe(v.array(Head), v.readonly()),
    "The last line of each stream: a chain cannot show that its newest lines are missing, its rows can.",
  ),
});
export type AuditReport = v.InferOutput<typeof AuditReport>;

/** The compiler holds the schema and the verification together. */
export function auditReport(verification: AuditVerification): AuditReport {
  return { schema: "pgwarden.audit/1", ...verification };
}

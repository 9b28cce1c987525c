import * as v from "valibot";

function described<S extends v.GenericSchema>(schema: S, text: string) {
  return v.pipe(schema, v.description(text));
}

const Instant = described(v.string(), "ISO 8601, UTC.");

const CredentialEntry = v.object({
  name: v.string(),
  server: v.string(),
  strategy: v.picklist(["alternating", "single", "admin"]),
  roles: described(v.pipe(v.array(v.string()), v.readonly()), "admin: none; Azure Resource Manager names the role."),
  enabled: v.boolean(),
  state: described(
    v.picklist(["healthy", "open", "broken", "unknown", "postponed", "refused", "new"]),
    "The published secret at the last look; postponed and refused: it is well and the next rotation is held up; new: nobody has looked yet.",
  ),
  since: v.nullable(Instant),
  checkedAt: described(v.nullable(Instant), "When recovery looked last."),
  published: described(
    v.nullable(
      v.object({
        version: v.string(),
        user: described(v.nullable(v.string()), "The role in use; null when the secret does not say."),
        generation: described(v.nullable(v.number()), "Null for a version that pgwarden did not write."),
        createdAt: Instant,
        expiresAt: v.nullable(Instant),
        ageSeconds: v.number(),
      }),
    ),
    "By Key Vault where it answers, else as last seen. Never the value.",
  ),
  secret: described(
    v.nullable(v.picklist(["present", "absent", "deleted", "recovering", "disabled"])),
    "Of the published secret; null when the vault did not say.",
  ),
  nextDueAt: v.nullable(Instant),
  overdue: v.boolean(),
  intent: described(
    v.nullable(v.object({ generation: v.number(), rotationId: v.string(), role: v.string(), createdAt: Instant })),
    "The rotation that is open.",
  ),
  problem: described(
    v.nullable(
      v.object({
        codes: v.pipe(v.array(v.string()), v.readonly()),
        message: v.nullable(v.string()),
        remedy: v.nullable(v.string()),
      }),
    ),
    "What stands in the way, of the credential or of asking its vault.",
  ),
  requests: described(
    v.pipe(
      v.array(v.object({ id: v.string(), status: v.picklist(["begun", "done", "failed"]), at: Instant })),
      v.readonly(),
    ),
    "The newest wishes, oldest first; failed: given up after five tries.",
  ),
});

/** What `pgwarden credentials --format json` prints. It stays compatible: fields may be added, none changes or goes. */
export const CredentialsReport = v.object({
  schema: v.literal("pgwarden.credentials/1"),
  credentials: v.pipe(v.array(CredentialEntry), v.readonly()),
});
export type CredentialsReport = v.InferOutput<typeof CredentialsReport>;

/** The compiler holds the schema and what is known of credentials together. */
export function credentialsReport(credentials: CredentialsReport["credentials"]): CredentialsReport {
  return { schema: "pgwarden.credentials/1", credentials };
}

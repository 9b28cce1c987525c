import * as v from "valibot";
import type { StateStore } from "../publish/stateStore.ts";
import { readHint, writeHint } from "./stateHint.ts";

// What the last ticks of a credential saw, for the scans of its server: the scanner has no right to any secret. No value
// of a secret stands in it, and no tag that pgwarden did not write.

const Instant = v.pipe(v.string(), v.isoTimestamp());
const OptionalText = v.nullable(v.string());
const rotation = { generation: v.number(), rotationId: v.string() };

const Seen = v.object({
  at: Instant,
  secret: v.picklist(["present", "absent", "deleted", "recovering", "disabled"]),
  published: v.nullable(
    v.object({
      version: v.string(),
      user: OptionalText,
      key: v.nullable(v.object(rotation)),
      createdAt: v.string(),
      expiresAt: OptionalText,
      tags: v.object({ server: OptionalText, user: OptionalText, rotatedAt: OptionalText, rotationId: OptionalText }),
      suspectTags: v.array(v.string()),
    }),
  ),
  intents: v.array(v.object({ ...rotation, role: v.string(), createdAt: v.string() })),
  strangeVersions: v.array(v.string()),
  ledger: v.nullable(v.object({ ...rotation, role: v.string(), appliedAt: v.string() })),
});

const outcome = v.picklist(["accepted", "refused", "untried"]);

const Evidence = v.object({
  seen: v.nullable(Seen),
  /** With the published secret. */
  login: v.nullable(v.object({ version: v.string(), outcome, detail: OptionalText, at: Instant })),
  replaced: v.nullable(
    v.object({ version: OptionalText, published: v.string(), outcome, detail: OptionalText, at: Instant }),
  ),
});
export type CredentialEvidence = v.InferOutput<typeof Evidence>;

export const noEvidence: CredentialEvidence = { seen: null, login: null, replaced: null };

function evidenceName(credential: string): string {
  return `credentials/${credential}/evidence.json`;
}

export async function readCredentialEvidence(
  store: StateStore,
  credential: string,
  signal: AbortSignal,
): Promise<CredentialEvidence> {
  return (await readHint(store, evidenceName(credential), Evidence, signal)) ?? noEvidence;
}

export async function writeCredentialEvidence(
  store: StateStore,
  credential: string,
  evidence: CredentialEvidence,
  signal: AbortSignal,
): Promise<void> {
  await writeHint(store, evidenceName(credential), evidence, signal);
}

import * as v from "valibot";
import { canonicalJson } from "../diff/canonical.ts";
import type { StateStore } from "../publish/stateStore.ts";
import { StateConflictError } from "./runState.ts";
import { readHintVersion, writeHint } from "./stateHint.ts";

// What is kept of a credential between ticks. All of it is a hint: what is true stands in Key Vault and PostgreSQL, and
// without these blobs pgwarden only forgets what it has told already.

const Instant = v.pipe(v.string(), v.isoTimestamp());
/** The one that the message is about first. */
const Codes = v.array(v.string());
const Words = v.nullable(v.string());

/** How the published secret does, by the last tick that learned something. */
const Health = v.object({
  state: v.picklist(["healthy", "open", "broken", "unknown"]),
  since: Instant,
  codes: Codes,
  message: Words,
  remedy: Words,
});

/** The last rotation that was wished and did not come about; null after one that did. */
const Hindrance = v.object({
  state: v.picklist(["postponed", "refused", "broken", "unknown"]),
  since: Instant,
  codes: Codes,
  message: Words,
  remedy: Words,
  /** Tries in a row; postponing is no failure. */
  failures: v.number(),
  lastAt: Instant,
});

const Published = v.object({
  version: v.string(),
  user: v.nullable(v.string()),
  generation: v.nullable(v.number()),
  createdAt: v.string(),
  expiresAt: v.nullable(v.string()),
});

/**
 * `begun`: with the generation that was published then, so that a wish that was granted is known when it comes again.
 * `failed`: its message was tried as often as messages are.
 */
const Request = v.object({
  id: v.string(),
  status: v.picklist(["begun", "done", "failed"]),
  generation: v.nullable(v.number()),
  at: Instant,
});
export type RotationRequestState = v.InferOutput<typeof Request>;

const CredentialState = v.object({
  health: v.nullable(Health),
  hindrance: v.nullable(Hindrance),
  published: v.nullable(Published),
  intent: v.nullable(
    v.object({ generation: v.number(), rotationId: v.string(), role: v.string(), createdAt: v.string() }),
  ),
  /** What the last rotation remarked although it came about. */
  advice: v.array(v.object({ code: v.string(), message: v.string(), remedy: Words })),
  rotatedAt: v.nullable(Instant),
  requests: v.array(Request),
});
export type CredentialState = v.InferOutput<typeof CredentialState>;

const nothing: CredentialState = {
  health: null,
  hindrance: null,
  published: null,
  intent: null,
  advice: [],
  rotatedAt: null,
  requests: [],
};

function stateName(credential: string): string {
  return `credentials/${credential}/state.json`;
}

/** What matters most of a credential: how its secret does, or what holds up its next rotation while it does well. */
export function shownState({
  health,
  hindrance,
}: CredentialState): CredentialState["health"] | CredentialState["hindrance"] {
  return hindrance !== null && (health === null || health.state === "healthy") ? hindrance : health;
}

/** Enough for every message that may still be on its way. */
const keptRequests = 20;

const maxAttempts = 5;

/** What is kept of a credential; a blob that does not fit counts as not there. */
export async function readCredentialState(
  store: StateStore,
  credential: string,
  signal: AbortSignal,
): Promise<CredentialState> {
  return (await readVersion(store, credential, signal)).state;
}

/**
 * Changes what is kept. Nothing is written when nothing changes.
 *
 * @param change may be called again, when another worker wrote in between
 * @throws StateConflictError when other workers were faster every time
 */
export async function updateCredentialState(
  store: StateStore,
  credential: string,
  change: (before: CredentialState) => CredentialState,
  signal: AbortSignal,
): Promise<{ readonly before: CredentialState; readonly after: CredentialState }> {
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    const { state: before, etag } = await readVersion(store, credential, signal);
    const changed = change(before);
    const after = { ...changed, requests: changed.requests.slice(-keptRequests) };
    if (canonicalJson(after) === canonicalJson(before)) return { before, after };
    const condition = etag === undefined ? "create" : { ifMatch: etag };
    const answer = await writeHint(store, stateName(credential), after, signal, condition);
    if (answer === "written") return { before, after };
  }
  throw new StateConflictError(`Blob ${stateName(credential)} was written by other workers meanwhile.`);
}

async function readVersion(
  store: StateStore,
  credential: string,
  signal: AbortSignal,
): Promise<{ readonly state: CredentialState; readonly etag: string | undefined }> {
  const stored = await readHintVersion(store, stateName(credential), CredentialState, signal);
  return { state: stored?.value ?? nothing, etag: stored?.etag };
}

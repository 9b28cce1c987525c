import type { Credential, Intent, SecretPair } from "../model/credential.ts";
import type { Observation, PublishedVersion, StoredVersion } from "./observation.ts";
import type { LatestSecret, SecretFacts, SecretStore, SqlSession } from "./ports.ts";
import { parsePending, parsePublished } from "./secretContent.ts";
import { keyOf, tag } from "./secretTags.ts";
import { readLedgerRow } from "./readLedgerRow.ts";
import { readRoleFacts } from "./roleFacts.ts";

/** An observation with the values of the open intents, by rotation id. */
export interface Observed extends Observation {
  readonly pairs: ReadonlyMap<string, SecretPair>;
  /** How many each secret has, disabled ones too. */
  readonly versions: { readonly published: number; readonly pending: number };
}

interface OpenVersions {
  readonly intents: readonly Intent[];
  readonly pairs: ReadonlyMap<string, SecretPair>;
  readonly attempts: ReadonlyMap<string, number>;
  readonly strange: Observation["strange"];
}

/**
 * Reads what recovery decides from. The value of an intent is always the one that the vault gives back by version.
 *
 * @param administratorLogin whose password a bare value of strategy `admin` is
 * @param session null for a strategy without ledger
 */
export async function observe(
  credential: Credential,
  administratorLogin: string | null,
  secrets: SecretStore,
  session: SqlSession | null,
  signal: AbortSignal,
): Promise<Observed> {
  const latest = await secrets.readLatest(credential.published, signal);
  const published = latest.state === "present" ? publishedVersion(latest, credential, administratorLogin) : null;
  const publishedVersions = latest.state === "absent" ? [] : await secrets.versions(credential.published, signal);
  const pendingVersions = await secrets.versions(credential.pending, signal);
  // A soft-deleted secret lists no versions: it must not pass for one that never was.
  const pendingState =
    pendingVersions.length > 0 ? "present" : (await secrets.readLatest(credential.pending, signal)).state;
  const open = await readOpen(credential, pendingVersions, secrets, signal);
  const ledger = session === null ? null : await readLedgerRow(credential, session, signal);
  const missingRoles = session === null ? new Set<string>() : await missing(open.intents, credential, session, signal);
  const stored = [...storedIn("published", publishedVersions), ...storedIn("pending", pendingVersions)];
  const generations = [...publishedVersions, ...pendingVersions].map((facts) => keyOf(facts)?.generation ?? 0);
  return {
    secret: latest.state,
    pendingDeleted: pendingState === "deleted" || pendingState === "recovering" ? pendingState : null,
    published,
    ...open,
    versions: { published: publishedVersions.length, pending: pendingVersions.length },
    missingRoles,
    ledger,
    stored,
    highest: Math.max(0, ledger?.generation ?? 0, published?.key?.generation ?? 0, ...generations),
  };
}

function publishedVersion(
  { secret }: LatestSecret & { state: "present" },
  credential: Credential,
  administratorLogin: string | null,
): PublishedVersion {
  const { value, ...facts } = secret;
  const only = credential.strategy === "admin" ? administratorLogin : credential.roles[0];
  const known = facts.tags[tag.user] ?? (credential.strategy === "alternating" ? undefined : only) ?? null;
  const pair = parsePublished(value, known);
  return { ...facts, key: keyOf(facts), user: pair?.user ?? facts.tags[tag.user] ?? null, pair };
}

function storedIn(secret: StoredVersion["secret"], versions: readonly SecretFacts[]): readonly StoredVersion[] {
  return versions.flatMap((facts) => {
    const key = keyOf(facts);
    return key === null || !facts.enabled ? [] : [{ secret, version: facts.version, ...key }];
  });
}

async function readOpen(
  credential: Credential,
  versions: readonly SecretFacts[],
  secrets: SecretStore,
  signal: AbortSignal,
): Promise<OpenVersions> {
  const byRotation = new Map<string, Intent>();
  const pairs = new Map<string, SecretPair>();
  const attempts = new Map<string, number>();
  const strange: { version: string; credential: string | null }[] = [];
  const open = versions.filter(({ tags, enabled }) => tags[tag.state] === "open" && enabled);
  for (const facts of open.toSorted((a, b) => a.version.localeCompare(b.version, "en"))) {
    const { value } = await secrets.readVersion(credential.pending, facts.version, signal);
    const parsed = parsePending(value);
    if (parsed === null || parsed.intent.credential !== credential.name) {
      strange.push({ version: facts.version, credential: parsed?.intent.credential ?? null });
      continue;
    }
    const { rotationId } = parsed.intent;
    const twin = byRotation.get(rotationId);
    const operation = facts.tags[tag.operation] ?? twin?.operation ?? null;
    byRotation.set(
      rotationId,
      twin === undefined
        ? { ...parsed.intent, pendingVersion: facts.version, twins: [], operation }
        : { ...twin, twins: [...twin.twins, facts.version], operation },
    );
    pairs.set(rotationId, parsed.pair);
    attempts.set(rotationId, Math.max(attempts.get(rotationId) ?? 0, Number(facts.tags[tag.attempts] ?? 0)));
  }
  return { intents: [...byRotation.values()].toSorted(newestFirst), pairs, attempts, strange };
}

async function missing(
  intents: readonly Intent[],
  { database }: Credential,
  session: SqlSession,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const names = new Set(intents.map(({ role }) => role));
  if (names.size === 0) return names;
  for (const { name } of await readRoleFacts(session, [...names], database, signal)) names.delete(name);
  return names;
}

function newestFirst(a: Intent, b: Intent): number {
  return b.generation - a.generation || a.rotationId.localeCompare(b.rotationId, "en");
}

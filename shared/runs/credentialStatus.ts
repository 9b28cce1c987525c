import pLimit from "p-limit";
import type { Credential, Strategy } from "../model/credential.ts";
import { nextDueAt } from "../rotate/dueCredentials.ts";
import type { CredentialFacts } from "../rotate/publishedFacts.ts";
import { type RotationCode, RotationError } from "../rotate/rotationError.ts";
import { type CredentialState, readCredentialState, type RotationRequestState, shownState } from "./credentialState.ts";
import { type LastRecover, readLastRecover } from "./rotationHints.ts";
import { type CredentialPorts, pickCredential } from "./rotationPorts.ts";

/** What a credential is doing, without any value. */
export interface CredentialStatus {
  readonly name: string;
  readonly server: string;
  readonly strategy: Strategy;
  readonly roles: readonly string[];
  readonly enabled: boolean;
  /**
   * `healthy`, `open`, `broken` and `unknown`: the published secret at the last look. `postponed` and `refused`: it is
   * well, and the next rotation is held up. `new`: nobody has looked yet.
   */
  readonly state: "healthy" | "open" | "broken" | "unknown" | "postponed" | "refused" | "new";
  /** ISO 8601. */
  readonly since: string | null;
  /** When pgwarden looked last. */
  readonly checkedAt: string | null;
  /** By Key Vault where it answers, else as last seen; null while nothing is. */
  readonly published: {
    readonly version: string;
    readonly user: string | null;
    readonly generation: number | null;
    readonly createdAt: string;
    readonly expiresAt: string | null;
    readonly ageSeconds: number;
  } | null;
  /** Of the published secret in Key Vault; null when the vault did not say. */
  readonly secret: CredentialFacts["secret"] | null;
  /** When pgwarden last made the password another one, as far as it remembers. */
  readonly rotatedAt: string | null;
  readonly nextDueAt: string | null;
  readonly overdue: boolean;
  readonly intent: CredentialState["intent"];
  /** What stands in the way, of the credential or of asking its vault. */
  readonly problem: {
    readonly codes: readonly string[];
    readonly message: string | null;
    readonly remedy: string | null;
  } | null;
  /** What the last rotation remarked although it came about. */
  readonly advice: CredentialState["advice"];
  /** The newest wishes, oldest first. `failed`: given up, nothing comes of it unless somebody asks again. */
  readonly requests: readonly Pick<RotationRequestState, "id" | "status" | "at">[];
}

type Asked =
  | { readonly answered: true; readonly facts: CredentialFacts }
  | { readonly answered: false; readonly code: RotationCode; readonly message: string; readonly remedy: string | null };

/** One GET of Key Vault and one blob each. */
const concurrency = 16;

/** Every credential, as in pgwarden.yaml. */
export async function credentialStatuses(
  ports: Pick<CredentialPorts, "config" | "facts" | "store" | "now">,
  signal: AbortSignal,
): Promise<readonly CredentialStatus[]> {
  const last = await readLastRecover(ports.store, signal);
  const limit = pLimit(concurrency);
  return await Promise.all(
    ports.config.credentials.map((credential) => limit(() => statusOf(credential, last, ports, signal))),
  );
}

/** @throws UnknownCredentialError */
export async function credentialStatus(
  name: string,
  ports: Pick<CredentialPorts, "config" | "facts" | "store" | "now">,
  signal: AbortSignal,
): Promise<CredentialStatus> {
  const credential = pickCredential(name, ports);
  return await statusOf(credential, await readLastRecover(ports.store, signal), ports, signal);
}

async function statusOf(
  credential: Credential,
  last: LastRecover | undefined,
  ports: Pick<CredentialPorts, "facts" | "store" | "now">,
  signal: AbortSignal,
): Promise<CredentialStatus> {
  const [state, asked] = await Promise.all([
    readCredentialState(ports.store, credential.name, signal),
    askVault(credential, ports, signal),
  ]);
  const now = ports.now();
  const published = publishedOf(asked, state);
  const due = nextDueAt({ credential, published });
  const shown = shownState(state);
  return {
    name: credential.name,
    server: credential.server,
    strategy: credential.strategy,
    roles: credential.roles,
    enabled: credential.enabled,
    state: shown?.state ?? "new",
    since: shown?.since ?? null,
    checkedAt: last?.checked[credential.name] ?? null,
    published: published && { ...published, ageSeconds: ageSeconds(published.createdAt, now) },
    secret: asked.answered ? asked.facts.secret : null,
    rotatedAt: state.rotatedAt,
    nextDueAt: due?.toISOString() ?? null,
    overdue: due !== null && due < now,
    intent: asked.answered ? intentOf(asked.facts) : state.intent,
    problem: problemOf(asked, state),
    advice: state.advice,
    requests: state.requests.map(({ id, status, at }) => ({ id, status, at })),
  };
}

async function askVault(
  credential: Credential,
  ports: Pick<CredentialPorts, "facts">,
  signal: AbortSignal,
): Promise<Asked> {
  try {
    return { answered: true, facts: await ports.facts(credential, signal) };
  } catch (error) {
    if (!(error instanceof RotationError)) throw error;
    return { answered: false, code: error.code, message: error.message, remedy: error.remedy };
  }
}

function publishedOf(asked: Asked, { published }: CredentialState): CredentialState["published"] {
  if (!asked.answered) return published;
  const facts = asked.facts.published;
  if (facts === null) return null;
  const { version, user, key, createdAt, expiresAt } = facts;
  return { version, user, generation: key?.generation ?? null, createdAt, expiresAt };
}

function intentOf({ intent }: CredentialFacts): CredentialState["intent"] {
  if (intent === null) return null;
  const { key, role, createdAt } = intent;
  return { generation: key.generation, rotationId: key.rotationId, role, createdAt };
}

function problemOf(asked: Asked, { health, hindrance }: CredentialState): CredentialStatus["problem"] {
  if (!asked.answered) return { codes: [asked.code], message: asked.message, remedy: asked.remedy };
  const told = health !== null && health.codes.length > 0 ? health : hindrance;
  if (told === null || told.message === null) return null;
  return { codes: told.codes, message: told.message, remedy: told.remedy };
}

/** A secret that was made by a clock ahead of this one is not younger than new. */
function ageSeconds(createdAt: string, now: Date): number {
  return Math.max(0, Math.round((now.getTime() - Date.parse(createdAt)) / 1000));
}

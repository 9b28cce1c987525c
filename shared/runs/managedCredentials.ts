import type { KnownCredentials } from "../collect/collector.ts";
import type { Credential } from "../model/credential.ts";
import type { CredentialLogin, CredentialNote, ManagedCredential } from "../model/credentialEvidence.ts";
import type { ServerRef } from "../model/server.ts";
import type { StateStore } from "../publish/stateStore.ts";
import { nextDueAt } from "../rotate/dueCredentials.ts";
import { noteOf } from "../rotate/rotationNotes.ts";
import { type CredentialEvidence, readCredentialEvidence } from "./credentialEvidence.ts";
import { type CredentialState, readCredentialState } from "./credentialState.ts";

/**
 * The credentials of a server with what their last ticks wrote down: two blobs each, no vault and no login.
 *
 * @throws the store's error
 */
export async function managedCredentials(
  server: ServerRef,
  credentials: readonly Credential[],
  store: StateStore,
  signal: AbortSignal,
): Promise<KnownCredentials> {
  const here = credentials.filter((credential) => credential.server === server.name.toLowerCase());
  const known = await Promise.all(
    here.map(async (credential) => {
      const [evidence, state] = await Promise.all([
        readCredentialEvidence(store, credential.name, signal),
        readCredentialState(store, credential.name, signal),
      ]);
      return { credential, evidence, state };
    }),
  );
  return {
    credentials: known.map(({ credential, evidence, state }) => managed(credential, evidence, notesOf(state))),
    logins: known.flatMap(({ credential, evidence }) => loginsOf(credential, evidence)),
  };
}

function managed(
  credential: Credential,
  { seen }: CredentialEvidence,
  notes: readonly CredentialNote[],
): ManagedCredential {
  const { name, strategy, roles, owner, database, enabled, published, pending } = credential;
  const due = nextDueAt({ credential, published: seen?.published ?? null });
  return {
    name,
    strategy,
    roles,
    owner,
    database,
    enabled,
    published,
    pending,
    nextDueAt: due?.toISOString() ?? null,
    seen,
    notes,
  };
}

function loginsOf({ name }: Credential, { login, replaced }: CredentialEvidence): readonly CredentialLogin[] {
  const logins: CredentialLogin[] = [];
  if (login !== null) logins.push({ credential: name, secret: "published", ...login });
  if (replaced !== null && replaced.version !== null) {
    const { version, outcome, detail, at } = replaced;
    logins.push({ credential: name, secret: "replaced", version, outcome, detail, at });
  }
  return logins;
}

/** Each code once, with the message that the tick gave where it is kept. */
function notesOf({ health, hindrance, advice }: CredentialState): readonly CredentialNote[] {
  const told = [...withMessage(health), ...withMessage(hindrance), ...advice];
  const notes = new Map<string, CredentialNote>();
  for (const { code, message, remedy } of told) {
    const note = noteOf(code);
    const before = notes.get(code);
    if (note === undefined || before !== undefined) continue;
    const { severity, title } = note;
    const fact = message ?? `${title}: it is otherwise.`;
    notes.set(code, {
      code: code.toLowerCase().replaceAll("_", "-"),
      severity,
      title,
      message: `${fact} To mend it: ${remedy ?? note.remedy}`,
    });
  }
  return [...notes.values()];
}

interface Told {
  readonly code: string;
  readonly message: string | null;
  readonly remedy: string | null;
}

/** Message and remedy are those of the first code. */
function withMessage(told: CredentialState["health"] | CredentialState["hindrance"]): readonly Told[] {
  if (told === null) return [];
  const { codes, message, remedy } = told;
  return codes.map((code, index) => (index === 0 ? { code, message, remedy } : { code, message: null, remedy: null }));
}

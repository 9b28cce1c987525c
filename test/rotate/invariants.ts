import type { Credential } from "../../shared/model/credential.ts";
import { SecretValue } from "../../shared/model/secretValue.ts";
import { parsePending, parsePublished } from "../../shared/rotate/secretContent.ts";
import { keyOf, tag } from "../../shared/rotate/secretTags.ts";
import { matches, type FakeVersion, type RotationState } from "../fakes/rotationState.ts";

interface StoredLogin {
  readonly user: string;
  readonly password: string;
  readonly version: FakeVersion;
  readonly isPublished: boolean;
}

function loginsOf(state: RotationState, { published, pending }: Credential): readonly StoredLogin[] {
  return [published, pending].flatMap(({ name }) =>
    (state.vault.get(name)?.versions ?? []).flatMap((version) => {
      const value = new SecretValue(version.value);
      const pair = parsePending(value)?.pair ?? parsePublished(value, version.tags[tag.user] ?? null);
      const isPublished = name === published.name;
      return pair === null ? [] : [{ user: pair.user, password: pair.password.reveal(), version, isPublished }];
    }),
  );
}

function logsIn(state: RotationState, { user, password }: StoredLogin): boolean {
  return matches(state.roles.get(user)?.verifier ?? null, password);
}

function latestOf(state: RotationState, { published }: Credential): FakeVersion | undefined {
  return state.vault.get(published.name)?.versions.at(-1);
}

export function openVersions(state: RotationState, { pending }: Credential): readonly FakeVersion[] {
  return (state.vault.get(pending.name)?.versions ?? []).filter(({ tags }) => tags[tag.state] === "open");
}

/** Whether what consumers read now logs in. */
export function publishedLogsIn(state: RotationState, credential: Credential): boolean {
  const latest = latestOf(state, credential);
  const login = loginsOf(state, credential).find(({ version }) => version === latest);
  return login !== undefined && logsIn(state, login);
}

/**
 * No loss: each role that a rotation changed accepts a password that a version holds. It holds at every instant.
 *
 * @param before the state in which the roles were last known to be right
 */
export function lostRoles(state: RotationState, before: RotationState, credential: Credential): readonly string[] {
  const logins = loginsOf(state, credential).filter(({ version }) => version.enabled);
  return [...state.roles]
    .filter(([name, role]) => role.verifier !== before.roles.get(name)?.verifier)
    .filter(([name]) => !logins.some((login) => login.user === name && logsIn(state, login)))
    .map(([name]) => name);
}

/** What consumers read logs in, or something durable tells the next tick which stored value does. */
export function isRecoverable(state: RotationState, credential: Credential): boolean {
  if (latestOf(state, credential) === undefined) return true;
  if (publishedLogsIn(state, credential) || openVersions(state, credential).length > 0) return true;
  const latest = latestOf(state, credential);
  const current = latest === undefined ? null : keyOf(latest);
  const ledger = state.ledger?.get(credential.name);
  return loginsOf(state, credential).some((login) => {
    const key = keyOf(login.version);
    if (key === null || current === null || !logsIn(state, login)) return false;
    return credential.strategy === "admin" || key.rotationId === ledger?.rotationId;
  });
}

/** Every password that was ever drawn. */
export function allPasswords(state: RotationState, credential: Credential): readonly string[] {
  return [...new Set(loginsOf(state, credential).map(({ password }) => password))];
}

/** State without what a comparison must not see: a tick that only read leaves no trace in it. */
export function digestOf(state: RotationState): string {
  const { nowMs, vault, vaultMode, roles, ledger, settings, sessions, arm } = state;
  const seen = { nowMs, vault, vaultMode, roles, ledger, settings, sessions, arm };
  // A clone's maps are not those of this realm, so `instanceof` does not know them.
  return JSON.stringify(seen, (_key, value: unknown) =>
    Object.prototype.toString.call(value) === "[object Map]" ? [...(value as Map<string, unknown>)] : value,
  );
}

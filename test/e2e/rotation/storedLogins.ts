import pg from "pg";
import type { AzureState, SecretVersionState } from "../../../shared/local/emulator/azureState.ts";
import type { Credential } from "../../../shared/model/credential.ts";
import { SecretValue } from "../../../shared/model/secretValue.ts";
import { parsePending, parsePublished } from "../../../shared/rotate/secretContent.ts";
import { tag } from "../../../shared/rotate/secretTags.ts";
import { matches } from "../../fakes/rotationState.ts";
import type { Subject } from "./rotationUnderTest.ts";

interface StoredLogin {
  readonly user: string;
  readonly password: string;
}

/** The versions of a secret in the emulator, oldest first. */
export function versionsOf({ vault }: AzureState, name: string): SecretVersionState[] {
  return vault.secrets.get(name.toLowerCase())?.versions ?? [];
}

/** The login in a version of either secret. */
export function loginIn({ value, tags }: SecretVersionState): StoredLogin | null {
  const secret = new SecretValue(value);
  const pair = parsePending(secret)?.pair ?? parsePublished(secret, tags[tag.user] ?? null);
  return pair === null ? null : { user: pair.user, password: pair.password.reveal() };
}

/** Every login that the vault holds for a credential, the newest first. */
export function storedLogins(state: AzureState, { published, pending }: Credential): readonly StoredLogin[] {
  const versions = [published, pending].flatMap(({ name }) => versionsOf(state, name).toReversed());
  return versions.filter(({ enabled }) => enabled).flatMap((version) => loginIn(version) ?? []);
}

export function openVersions(state: AzureState, { pending }: Credential): readonly SecretVersionState[] {
  return versionsOf(state, pending.name).filter(({ tags }) => tags[tag.state] === "open");
}

export async function verifierOf({ superuser }: Subject, role: string): Promise<string | null> {
  const { rows } = await superuser.query<{ verifier: string | null }>(
    "select rolpassword as verifier from pg_catalog.pg_authid where rolname = $1",
    [role],
  );
  return rows[0]?.verifier ?? null;
}

/** The roles whose password no version holds, as the catalog has it. Cheap enough for every effect. */
export async function lostRoles(subject: Subject, state: AzureState): Promise<readonly string[]> {
  const logins = storedLogins(state, subject.credential);
  const lost: string[] = [];
  for (const role of rolesOf(subject)) {
    const verifier = await verifierOf(subject, role);
    if (verifier === null) continue;
    if (!logins.some(({ user, password }) => user === role && matches(verifier, password))) lost.push(role);
  }
  return lost;
}

/** A login over TLS with a client of its own, apart from the product's. */
export async function logsIn({ local }: Subject, { user, password }: StoredLogin): Promise<boolean> {
  const client = new pg.Client(local.postgres.clientConfig({ user, password: new SecretValue(password) }));
  client.on("error", () => undefined);
  try {
    await client.connect();
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === "28P01") return false;
    throw error;
  } finally {
    await client.end();
  }
}

/** Whether what consumers read without a version logs in. */
export async function publishedLogsIn(subject: Subject, state: AzureState): Promise<boolean> {
  const latest = versionsOf(state, subject.credential.published.name).at(-1);
  const login = latest === undefined ? null : loginIn(latest);
  return login !== null && (await logsIn(subject, login));
}

/** What must hold at every instant, by logins: each role has a stored password; consumers log in or an intent is open. */
export async function broken(subject: Subject, state: AzureState): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const role of rolesOf(subject)) {
    const verifier = await verifierOf(subject, role);
    const logins = storedLogins(state, subject.credential).filter(({ user }) => user === role);
    // The likely one first: each refusal costs as much as a login.
    const likely = logins.toSorted(
      (a, b) => Number(matches(verifier, b.password)) - Number(matches(verifier, a.password)),
    );
    if (verifier !== null && !(await someLogIn(subject, likely))) faults.push(`no version logs in as ${role}`);
  }
  if (openVersions(state, subject.credential).length === 0 && !(await publishedLogsIn(subject, state)))
    faults.push("what is published does not log in, and nothing is open");
  return faults;
}

async function someLogIn(subject: Subject, logins: readonly StoredLogin[]): Promise<boolean> {
  for (const login of logins) if (await logsIn(subject, login)) return true;
  return false;
}

function rolesOf({ credential, server }: Subject): readonly string[] {
  return credential.strategy === "admin" ? [server.administratorLogin] : credential.roles;
}

/**
 * Drops all but the newest versions, which Key Vault never does: a hundred rotations of one secret are a hundred pages
 * to list, and a test makes as many.
 */
export function forgetOldVersions(state: AzureState, { published, pending }: Credential): void {
  state.vault.writes.length = 0;
  for (const { name } of [published, pending]) {
    const versions = versionsOf(state, name);
    versions.splice(0, Math.max(0, versions.length - KEPT));
  }
}

const KEPT = 5;

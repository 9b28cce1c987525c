import * as v from "valibot";
import type { Credential, CredentialServer, SecretPair } from "../model/credential.ts";
import type { LatestSecret, LoginOutcome, RotationPorts, SecretFacts, Statement } from "./ports.ts";
import { RotationError } from "./rotationError.ts";
import { parsePublished } from "./secretContent.ts";
import { keyOf, tag } from "./secretTags.ts";

/** Whether a password that consumers do not get any more still logs in. */
export interface ReplacedProof {
  /** Null: no version was replaced yet. */
  readonly version: string | null;
  /** The version that was published when this was learned. */
  readonly published: string;
  readonly outcome: "accepted" | "refused" | "untried";
  /** Why it was not tried. */
  readonly detail: string | null;
  /** ISO 8601. */
  readonly at: string;
}

const HOUR_MS = 3600_000;

/** A refused password stays refused unless somebody sets it again, and each try is a failed login in the server's log. */
const AGAIN_MS = { refused: 24 * HOUR_MS, accepted: HOUR_MS, untried: HOUR_MS } as const;

/** Whether a try is due: after a rotation, once a day while it is refused, and once an hour otherwise. */
export function isTryDue(known: ReplacedProof | null, publishedVersion: string, now: Date): boolean {
  if (known === null || known.published !== publishedVersion) return true;
  const wait = known.version === null ? AGAIN_MS.refused : AGAIN_MS[known.outcome];
  return now.getTime() - Date.parse(known.at) >= wait;
}

/** credcheck bans a role after so many refused logins; empty where it is not loaded. */
export const readBans: Statement = {
  name: "replaced.bans",
  sql: `select coalesce(pg_catalog.current_setting('credcheck.max_auth_failure', true), '') as "failures"`,
};

const Bans = v.tuple([v.object({ failures: v.string() })]);

type Ports = Pick<RotationPorts, "secrets" | "database" | "logins" | "now">;

/**
 * One login with the newest version that a later one of the same role replaced. In an alternating pair the version
 * before the published one belongs to the other role and works on purpose, until the next rotation takes its turn.
 * Nothing is tried where failed logins lead to a ban, for that would lock out the role.
 *
 * @returns null when nothing is published that could have replaced another
 * @throws RotationError when the vault does not answer
 */
export async function tryReplaced(
  credential: Credential,
  server: CredentialServer,
  ports: Ports,
  signal: AbortSignal,
): Promise<ReplacedProof | null> {
  const latest = await ports.secrets.readLatest(credential.published, signal);
  if (latest.state !== "present") return null;
  const replaced = await findReplaced(credential, latest.secret, ports, signal);
  const about = { published: latest.secret.version, at: ports.now().toISOString() };
  if (replaced === null) return { ...about, version: null, outcome: "untried", detail: "Nothing was replaced yet." };
  const { version, pair } = replaced;
  if (pair === null) return { ...about, version, outcome: "untried", detail: "That version is disabled." };
  const obstacle = await banRisk(server, ports, signal);
  if (obstacle !== null) return { ...about, version, outcome: "untried", detail: obstacle };
  const outcome = await ports.logins.login(server, pair, credential.database, signal);
  return { ...about, version, ...whatItTaught(outcome) };
}

interface Replaced {
  readonly version: string;
  /** Null: it cannot be read. */
  readonly pair: SecretPair | null;
}

type Present = Extract<LatestSecret, { readonly state: "present" }>["secret"];

async function findReplaced(
  { published }: Credential,
  current: Present,
  { secrets }: Pick<Ports, "secrets">,
  signal: AbortSignal,
): Promise<Replaced | null> {
  const user = current.tags[tag.user] ?? null;
  const now = parsePublished(current.value, user);
  if (now === null) return null;
  for (const { version, enabled } of olderOf(await secrets.versions(published, signal), current, now.user)) {
    if (!enabled) return { version, pair: null };
    const pair = parsePublished((await secrets.readVersion(published, version, signal)).value, now.user);
    // The same password once more: a restored database was given the published one again.
    const isSame = pair?.password.reveal() === now.password.reveal();
    if (pair !== null && !isSame && pair.user === now.user) return { version, pair };
  }
  return null;
}

/** Earlier rotations of the same role, newest first. */
function olderOf(versions: readonly SecretFacts[], current: SecretFacts, user: string): readonly SecretFacts[] {
  const key = keyOf(current);
  if (key === null) return [];
  const keyed = versions.flatMap((facts) => {
    const known = keyOf(facts);
    return known === null ? [] : [{ facts, ...known }];
  });
  return keyed
    .filter(({ facts, generation }) => generation < key.generation && facts.tags[tag.user] === user)
    .toSorted((a, b) => b.generation - a.generation || b.facts.version.localeCompare(a.facts.version, "en"))
    .map(({ facts }) => facts);
}

/** Why a refused login could do harm, or that nobody knows; null where it cannot. */
async function banRisk(
  server: CredentialServer,
  { database }: Pick<Ports, "database">,
  signal: AbortSignal,
): Promise<string | null> {
  try {
    const session = await database.open(server, signal);
    try {
      const [{ failures }] = v.parse(Bans, await session.run(readBans, [], signal));
      if (failures === "" || Number(failures) === 0) return null;
      return `credcheck bans a role after ${failures} refused logins (credcheck.max_auth_failure).`;
    } finally {
      await session.close();
    }
  } catch (error) {
    if (!(error instanceof RotationError)) throw error;
    return `Whether refused logins lead to a ban is not known: ${error.message}`;
  }
}

function whatItTaught(outcome: LoginOutcome): Pick<ReplacedProof, "outcome" | "detail"> {
  switch (outcome.state) {
    case "accepted":
      return { outcome: "accepted", detail: null };
    case "rejected":
      if (outcome.sqlState === "28P01") return { outcome: "refused", detail: null };
      return { outcome: "untried", detail: `The server asked for no password (${outcome.sqlState}).` };
    case "unanswered":
      return { outcome: "untried", detail: outcome.detail };
  }
}

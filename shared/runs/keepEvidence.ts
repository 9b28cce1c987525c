import { canonicalJson } from "../diff/canonical.ts";
import type { Credential, CredentialServer } from "../model/credential.ts";
import type { SeenCredential } from "../model/credentialEvidence.ts";
import { isTryDue } from "../rotate/replacedSecret.ts";
import { RotationError } from "../rotate/rotationError.ts";
import type { TickReport } from "../rotate/tickReport.ts";
import { type CredentialEvidence, readCredentialEvidence, writeCredentialEvidence } from "./credentialEvidence.ts";
import type { CredentialPorts } from "./rotationPorts.ts";

export interface EvidenceTask {
  readonly credential: Credential;
  /** Null when it was not found. */
  readonly server: CredentialServer | null;
  readonly report: TickReport;
  /** Whether the tick was to begin a rotation; one that was only to look also tries the password that was replaced. */
  readonly wished: boolean;
}

/**
 * Writes down what a tick saw, for the scans of its server, with one try of the password that was replaced when that is
 * due. What a tick did not learn stays as it was and grows old.
 *
 * @returns what went wrong, as a sentence; null when nothing did. It never undoes what the tick did
 */
export async function keepEvidence(
  task: EvidenceTask,
  ports: CredentialPorts,
  signal: AbortSignal,
): Promise<string | null> {
  const { credential, report } = task;
  const learned = { seen: report.seen, login: loginOf(report, ports.now()) };
  if (learned.seen === null && learned.login === null) return null;
  try {
    const before = await readCredentialEvidence(ports.store, credential.name, signal);
    const after = {
      seen: learned.seen === null ? before.seen : stored(learned.seen, ports.now()),
      login: learned.login ?? before.login,
      replaced: await triedOf(task, before.replaced, ports, signal),
    };
    if (isNews(before, after)) await writeCredentialEvidence(ports.store, credential.name, after, signal);
    return null;
  } catch (error) {
    const why = error instanceof Error ? error.message : "for an unknown reason";
    return `What was seen of ${credential.name} was not written: ${why}`;
  }
}

/** So that an unchanged credential costs no write in each tick; scans believe what is younger than an hour. */
const rewriteMs = 15 * 60_000;

function isNews(before: CredentialEvidence, after: CredentialEvidence): boolean {
  if (hasAged(before.seen, after.seen) || hasAged(before.login, after.login)) return true;
  return canonicalJson(withoutTimes(before)) !== canonicalJson(withoutTimes(after));
}

function hasAged(before: { readonly at: string } | null, after: { readonly at: string } | null): boolean {
  return before !== null && after !== null && Date.parse(after.at) - Date.parse(before.at) >= rewriteMs;
}

function withoutTimes({ seen, login, replaced }: CredentialEvidence): object {
  return { seen: seen && { ...seen, at: "" }, login: login && { ...login, at: "" }, replaced };
}

function loginOf({ published, remarks }: TickReport, now: Date): CredentialEvidence["login"] {
  if (published === null || published.logsIn === null) return null;
  const { version, logsIn } = published;
  const detail = logsIn ? null : (remarks[0]?.message ?? null);
  return { version, outcome: logsIn ? "accepted" : "refused", detail, at: now.toISOString() };
}

/** A copy whose lists may be written, as the schema of the blob has them. */
function stored(
  { published, intents, strangeVersions, ...facts }: SeenCredential,
  now: Date,
): CredentialEvidence["seen"] {
  return {
    ...facts,
    at: now.toISOString(),
    published: published && { ...published, suspectTags: [...published.suspectTags] },
    intents: [...intents],
    strangeVersions: [...strangeVersions],
  };
}

/** Only while all is well: with a rotation open, or a database restored, an old password may be the right one. */
async function triedOf(
  { credential, server, report, wished }: EvidenceTask,
  known: CredentialEvidence["replaced"],
  ports: CredentialPorts,
  signal: AbortSignal,
): Promise<CredentialEvidence["replaced"]> {
  const { state, published } = report;
  if (wished || server === null || state !== "healthy" || published === null) return known;
  if (!isTryDue(known, published.version, ports.now())) return known;
  try {
    return await ports.tryReplaced(credential, server, signal);
  } catch (error) {
    if (error instanceof RotationError) return known;
    throw error;
  }
}

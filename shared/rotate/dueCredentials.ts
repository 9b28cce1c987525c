import type { Credential } from "../model/credential.ts";
import { ageLimit } from "./ageLimit.ts";
import { isWindowOpen, windowOpensAt } from "./rotationWindow.ts";
import type { PublishedFacts } from "./tickReport.ts";
import { writeBudget } from "./writeBudget.ts";

/** What is known of a credential when a tick decides about it. */
export interface Candidate {
  readonly credential: Credential;
  /** Null: nothing is published, or the vault did not say; then there is nothing to decide. */
  readonly published: Pick<PublishedFacts, "createdAt"> | null;
  /** Rotations in a row that did not get through, and when the last of them was tried; ISO 8601. */
  readonly failures: { readonly count: number; readonly lastAt: string } | null;
}

/** `delaySeconds`: how much later the rotation begins, so that its vault takes all writes. */
export interface DueCredential {
  readonly credential: string;
  readonly delaySeconds: number;
}

/** Due, but not begun: its window is closed, it failed a short while ago, or enough others begin. */
export interface WaitingCredential {
  readonly credential: string;
  readonly why: "window" | "backoff" | "cap";
  /** ISO 8601; null: the next tick. */
  readonly until: string | null;
}

export interface DueDecision {
  readonly begin: readonly DueCredential[];
  readonly waiting: readonly WaitingCredential[];
}

/**
 * Which credentials are to be rotated now. It looks at how things are and not at what ticks there were: after missed
 * ticks everything that fell due is found at the next one, and a tick that is repeated finds the same.
 *
 * The most overdue go first. One that failed waits twice as long after each failure, and then goes after all others, so
 * that it keeps nobody from a place under `maxPerRun`.
 */
export function dueCredentials(
  candidates: readonly Candidate[],
  { now, maxPerRun }: { readonly now: Date; readonly maxPerRun: number },
): DueDecision {
  const waiting: WaitingCredential[] = [];
  const ready: Ready[] = [];
  for (const candidate of candidates) {
    const { credential } = candidate;
    const dueAt = ageDueAt(candidate);
    if (dueAt === null || dueAt > now) continue;
    const backoff = backoffUntil(candidate, now);
    const wait = { credential: credential.name };
    if (backoff > now) waiting.push({ ...wait, why: "backoff", until: backoff.toISOString() });
    else if (!isWindowOpen(credential.window, now))
      waiting.push({ ...wait, why: "window", until: windowOpensAt(credential.window, now).toISOString() });
    else ready.push({ credential, dueAt, failures: candidate.failures?.count ?? 0 });
  }

  const ordered = ready.toSorted(byUrgency);
  const over = ordered.slice(maxPerRun).map(({ credential }) => ({ credential: credential.name, why: "cap" as const }));
  return {
    begin: withDelays(ordered.slice(0, maxPerRun)),
    waiting: [...waiting, ...over.map((wait) => ({ ...wait, until: null }))],
  };
}

/** When the next rotation may begin, by age and window; null for a credential that is disabled or not published. */
export function nextDueAt({ credential, published }: Pick<Candidate, "credential" | "published">): Date | null {
  const due = ageDueAt({ credential, published });
  return due === null ? null : windowOpensAt(credential.window, due);
}

interface Ready {
  readonly credential: Credential;
  readonly dueAt: Date;
  readonly failures: number;
}

function ageDueAt({ credential, published }: Pick<Candidate, "credential" | "published">): Date | null {
  if (!credential.enabled || published === null) return null;
  return ageLimit(credential, published.createdAt);
}

const firstBackoffMs = 30 * 60_000;
const longestBackoffMs = 24 * 3_600_000;

/** A failure that seems to lie ahead was noted by another clock, or before this one was set: it holds up nothing. */
function backoffUntil({ failures }: Candidate, now: Date): Date {
  if (failures === null || failures.count === 0) return now;
  const last = new Date(failures.lastAt);
  if (last > now) return now;
  const wait = Math.min(longestBackoffMs, firstBackoffMs * 2 ** (failures.count - 1));
  return new Date(last.getTime() + wait);
}

function byUrgency(left: Ready, right: Ready): number {
  const failed = Math.sign(left.failures) - Math.sign(right.failures);
  if (failed !== 0) return failed;
  const late = left.dueAt.getTime() - right.dueAt.getTime();
  if (late !== 0) return late;
  return left.credential.name < right.credential.name ? -1 : 1;
}

function withDelays(ordered: readonly Ready[]): readonly DueCredential[] {
  const budget = writeBudget();
  return ordered.map(({ credential }) => ({
    credential: credential.name,
    delaySeconds: budget.place([credential.pending.vault, credential.published.vault]),
  }));
}

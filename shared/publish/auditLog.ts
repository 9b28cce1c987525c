import { createHash } from "node:crypto";
import { type AuditBlob, auditBlob, byAge, parseAuditBlob, streamPrefix } from "./auditBlobs.ts";
import { type AuditEvent, type AuditLine, type ChainLink, chainStart, lineText, makeLine } from "./auditLine.ts";
import { lastRun, linesFromEnd, newline } from "./auditTail.ts";
import type { AppendStore } from "./stateStore.ts";

/** Bytes at the end of a blob that are no whole line: a write that a crash cut short, or an edit. */
export interface AuditDamage {
  readonly blob: string;
  /** Where the last whole line ends. */
  readonly position: number;
  readonly bytes: number;
  readonly sha256: string;
}

export interface AppendedAudit {
  /** Every line that was added, in order: those of the events, and those that tell of damage or close a blob. */
  readonly lines: readonly AuditLine[];
  /**
   * Lines of the run before, oldest first. A writer that died after its append has told nobody of them; whoever tells of
   * the new lines tells of these once more.
   */
  readonly earlier: readonly AuditLine[];
  /** Null when the end of the stream was as it should be. */
  readonly damage: AuditDamage | null;
}

/** The audit log did not take an event; the caller must not go on as if it had. */
export class AuditError extends Error {
  override readonly name = "AuditError";
}

/** The action of the last line of a full or past blob; `detail.next` names the blob that follows. */
const closeAction = "audit.close";
const damageAction = "audit.damage";

/** An append blob takes 50,000 appends, and every append reads it: long before that the next one begins. */
const maxLines = 5_000;

/** Older rows are out of the sight of the alert that looks for missing ones. */
const retoldMs = 2 * 86_400_000;

/** Each conflict means that another writer got through. */
const maxAttempts = 50;

/** Where a stream's next line goes. */
interface StreamEnd {
  readonly blob: AuditBlob;
  readonly size: number;
  readonly lines: number;
  /** Whether the blob ends within a line. */
  readonly isTorn: boolean;
  readonly link: ChainLink;
  readonly earlier: readonly AuditLine[];
  readonly damage: AuditDamage | null;
}

/**
 * Adds events to a stream's chain, all of them in one append or none. Every append names the position it was made
 * for, and a blob is closed by a line of the chain before the next one begins, so two writers cannot fork it, not
 * even over the end of a month.
 *
 * Damage at the end is never overwritten and never hides: the chain goes on from the last whole line, with a line
 * that holds the damaged bytes' hash, and `verifyAudit` reports it from then on.
 *
 * @throws AuditError when other writers were faster every time
 */
export async function appendAudit(
  store: AppendStore,
  stream: string,
  events: readonly AuditEvent[],
  now: Date,
  signal: AbortSignal,
): Promise<AppendedAudit> {
  if (parseAuditBlob(auditBlob(stream, "2000-01", 1).name) === undefined)
    throw new AuditError(`The audit stream "${stream}" may have letters, digits, hyphens, dots and underscores only.`);
  if (events.length === 0) return { lines: [], earlier: [], damage: null };
  const time = now.toISOString();
  let damage: AuditDamage | null = null;
  let earlier: readonly AuditLine[] = [];
  const added: AuditLine[] = [];

  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    const end = await streamEnd(store, stream, time, signal);
    damage ??= end.damage;
    if (added.length === 0) earlier = end.earlier;
    const repair = end.damage === null ? [] : [damageEvent(end.damage)];
    const next = successor(end, time);
    const lines = chain(end.link, [...repair, ...(next === undefined ? events : [closeEvent(end.blob, next)])], time);

    const text = (end.isTorn ? "\n" : "") + lines.map(lineText).join("");
    const answer = await store.append(end.blob.name, new TextEncoder().encode(text), end.size, signal);
    if (answer !== "appended") continue;
    added.push(...lines);
    if (next === undefined) return { lines: added, earlier, damage };
  }
  throw new AuditError(`Audit stream "${stream}" took no line in ${maxAttempts} attempts: other writers were faster.`);
}

async function streamEnd(store: AppendStore, stream: string, time: string, signal: AbortSignal): Promise<StreamEnd> {
  const names = await store.list(streamPrefix(stream), signal);
  const blobs = names
    .map(parseAuditBlob)
    .filter((blob) => blob !== undefined)
    .sort(byAge);
  const newest = blobs.at(-1);
  if (newest === undefined) return emptyEnd(auditBlob(stream, time.slice(0, 7), 1), chainStart);

  const bytes = (await store.read(newest.name, signal)) ?? new Uint8Array();
  const [last] = linesFromEnd(bytes);
  const damage = damageAfter(newest.name, bytes, last?.end ?? 0);
  const next = last === undefined ? undefined : nextOf(last.line, newest);
  const earlier = lastRun(bytes, new Date(Date.parse(time) - retoldMs).toISOString());
  if (last !== undefined && next !== undefined) return { ...emptyEnd(next, last.line), earlier, damage };
  return {
    blob: newest,
    size: bytes.length,
    lines: bytes.filter((byte) => byte === newline).length,
    isTorn: bytes.length > 0 && bytes.at(-1) !== newline,
    link: last?.line ?? (await lastLink(store, blobs.slice(0, -1), signal)),
    earlier,
    damage,
  };
}

function emptyEnd(blob: AuditBlob, link: ChainLink): StreamEnd {
  return { blob, size: 0, lines: 0, isTorn: false, link, earlier: [], damage: null };
}

/** A blob without a whole line says nothing of the chain; the ones before it do. */
async function lastLink(store: AppendStore, blobs: readonly AuditBlob[], signal: AbortSignal): Promise<ChainLink> {
  for (const { name } of blobs.toReversed()) {
    const [last] = linesFromEnd((await store.read(name, signal)) ?? new Uint8Array());
    if (last !== undefined) return last.line;
  }
  return chainStart;
}

function damageAfter(blob: string, bytes: Uint8Array, position: number): AuditDamage | null {
  if (position === bytes.length) return null;
  const damaged = bytes.subarray(position);
  return { blob, position, bytes: damaged.length, sha256: createHash("sha256").update(damaged).digest("hex") };
}

/** Which blob follows, once a closing line says so. */
export function nextOf({ action, detail }: AuditLine, { stream, ...blob }: AuditBlob): AuditBlob | undefined {
  if (action !== closeAction || typeof detail["next"] !== "string") return undefined;
  const next = parseAuditBlob(detail["next"]);
  return next?.stream === stream && byAge({ stream, ...blob }, next) < 0 ? next : undefined;
}

/** A blob is left when its month is over or when it is full; a clock that goes back leaves nothing. */
function successor({ blob: { stream, month, part }, lines }: StreamEnd, time: string): AuditBlob | undefined {
  const thisMonth = time.slice(0, 7);
  if (month < thisMonth) return auditBlob(stream, thisMonth, 1);
  return lines >= maxLines ? auditBlob(stream, month, part + 1) : undefined;
}

function chain(start: ChainLink, events: readonly AuditEvent[], time: string): readonly AuditLine[] {
  const lines: AuditLine[] = [];
  for (const event of events) lines.push(makeLine(lines.at(-1) ?? start, event, time));
  return lines;
}

function closeEvent(blob: AuditBlob, next: AuditBlob): AuditEvent {
  const detail = { next: next.name };
  return { actor: "pgwarden", action: closeAction, target: blob.name, outcome: "closed", runId: null, detail };
}

function damageEvent({ blob, ...detail }: AuditDamage): AuditEvent {
  return { actor: "pgwarden", action: damageAction, target: blob, outcome: "found", runId: null, detail };
}

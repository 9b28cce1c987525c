import * as v from "valibot";
import { canonicalJson } from "../diff/canonical.ts";
import { type WaiverChange, waiverChanges } from "../diff/waiverChanges.ts";
import type { Waiver } from "../model/finding.ts";
import { hasLineOfRun } from "../publish/auditedRun.ts";
import type { AuditEvent } from "../publish/auditLine.ts";
import { audit } from "./deliver.ts";
import type { ScanPorts } from "./scanPorts.ts";

const stateBlob = "waivers/recorded.json";
const stream = "waivers";

/** Longer than any function runs: a run that has not written its lines by then never will. */
const claimMs = 15 * 60_000;

const WaiverBody = v.object({
  control: v.string(),
  subject: v.string(),
  server: v.exactOptional(v.string()),
  reason: v.string(),
  owner: v.string(),
  expires: v.string(),
});
const Waivers = v.pipe(v.array(WaiverBody), v.readonly());

/** The waivers that the audit log knows of, and whose lines a run is about to write. */
const Recorded = v.object({
  waivers: Waivers,
  pending: v.nullable(v.object({ runId: v.string(), since: v.string(), before: Waivers })),
});
type Recorded = v.InferOutput<typeof Recorded>;

interface StoredRecord {
  readonly value: Recorded;
  readonly etag: string | undefined;
}

/**
 * One audit line for each waiver that the configuration has gained, lost or changed since the last run, whoever wrote
 * it there. Unchanged waivers write nothing.
 *
 * Of two runs at once, the one that writes the state first writes the lines; the other one leaves them to it. A run
 * that dies in between leaves its claim, and a later run finishes it: the lines of a run are one append, so they are
 * all there or none is.
 */
export async function recordWaivers(runId: string, ports: ScanPorts, signal: AbortSignal): Promise<void> {
  const stored = await readRecord(ports, signal);
  const known = stored.value.pending === null ? stored : await finishClaim(stored, ports, signal);
  if (known === undefined) return;

  const { waivers: before } = known.value;
  const { waivers } = ports.config;
  if (waiverChanges(before, waivers).length === 0) return;
  const pending = { runId, since: ports.now().toISOString(), before };
  const claim = await writeRecord({ waivers, pending }, known.etag, ports, signal);
  if (claim !== undefined) await writeLines(claim, ports, signal);
}

/** @returns undefined while another run may still be at it */
async function finishClaim(
  { value, etag }: StoredRecord,
  ports: ScanPorts,
  signal: AbortSignal,
): Promise<StoredRecord | undefined> {
  const { waivers, pending } = value;
  if (pending === null) return { value, etag };
  const now = ports.now();
  if (now.getTime() < Date.parse(pending.since) + claimMs) return undefined;
  const claim = await writeRecord({ waivers, pending: { ...pending, since: now.toISOString() } }, etag, ports, signal);
  if (claim === undefined) return undefined;
  if (await hasLineOfRun(ports.audit, stream, pending.runId, signal)) return await settle(claim, ports, signal);
  return await writeLines(claim, ports, signal);
}

async function writeLines(claim: StoredRecord, ports: ScanPorts, signal: AbortSignal) {
  const { waivers, pending } = claim.value;
  if (pending === null) return claim;
  const events = waiverChanges(pending.before, waivers).map((change) => eventOf(change, pending.runId));
  await audit(stream, events, null, ports, signal);
  return await settle(claim, ports, signal);
}

function settle({ value: { waivers }, etag }: StoredRecord, ports: ScanPorts, signal: AbortSignal) {
  return writeRecord({ waivers, pending: null }, etag, ports, signal);
}

const outcomes = { add: "added", remove: "removed", change: "changed" } as const;

function eventOf(change: WaiverChange, runId: string): AuditEvent {
  const { control, subject, server = null } = change.waiver;
  return {
    actor: "configuration",
    action: `waiver.${change.change}`,
    target: `${control}/${subject}`,
    outcome: outcomes[change.change],
    runId,
    detail: {
      server,
      ...termsOf(change.waiver),
      ...(change.change === "change" ? { before: termsOf(change.before) } : {}),
    },
  };
}

function termsOf({ owner, reason, expires }: Waiver) {
  return { owner, reason, expires };
}

/** What cannot be read counts as nothing known: each waiver is told anew, which is seen and does no harm. */
async function readRecord({ store }: ScanPorts, signal: AbortSignal): Promise<StoredRecord> {
  const blob = await store.read(stateBlob, signal);
  const schema = v.pipe(v.string(), v.parseJson(), Recorded);
  const parsed = v.safeParse(schema, new TextDecoder().decode(blob?.bytes));
  return { value: parsed.success ? parsed.output : { waivers: [], pending: null }, etag: blob?.etag };
}

/** @returns undefined when another run was faster */
async function writeRecord(
  value: Recorded,
  etag: string | undefined,
  { store }: ScanPorts,
  signal: AbortSignal,
): Promise<StoredRecord | undefined> {
  const bytes = new TextEncoder().encode(`${canonicalJson(value)}\n`);
  const condition = etag === undefined ? "create" : { ifMatch: etag };
  if ((await store.write(stateBlob, bytes, condition, signal)) === "conflict") return undefined;
  const written = await store.read(stateBlob, signal);
  return written !== undefined && Buffer.compare(written.bytes, bytes) === 0
    ? { value, etag: written.etag }
    : undefined;
}

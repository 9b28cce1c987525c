import { createHash } from "node:crypto";
import { Cron } from "croner";

/** Changes of one server within this time are one scan. */
const changeSlotMs = 120_000;

/** A timer may fire a little before its instant; this much counts as on time. */
const earlyMs = 1_000;

/** `20261122T060000Z`: an instant in a run id, sortable and fit for a blob name. */
function compact(instant: Date): string {
  return instant
    .toISOString()
    .replaceAll(/[-:]/g, "")
    .replace(/\.\d+Z$/, "Z");
}

/**
 * The slot that a tick stands for: the newest instant of the schedule that is not after now. A late tick and a repeated
 * one get the same slot.
 *
 * @param schedule NCRONTAB with 5 or 6 fields, in UTC
 */
export function slotOf(schedule: string, now: Date): Date {
  const reference = new Date(now.getTime() + earlyMs);
  const cron = new Cron(schedule, { timezone: "UTC", mode: "5-or-6-parts", paused: true, domAndDow: true });
  const [slot] = cron.previousRuns(1, reference);
  if (slot === undefined) throw new Error(`Schedule "${schedule}" has no instant before ${now.toISOString()}.`);
  return slot;
}

export function timerRunId(slot: Date): string {
  return `timer-${compact(slot)}`;
}

export function recoverRunId(slot: Date): string {
  return `recover-${compact(slot)}`;
}

/** The same caller with the same idempotency key gets the same run. */
export function httpRunId(actor: string, idempotencyKey: string): string {
  const digest = createHash("sha256").update(`${actor}\n${idempotencyKey}`).digest("hex");
  return `http-${digest.slice(0, 32)}`;
}

export function cliRunId(now: Date, random: string): string {
  return `cli-${compact(now)}-${random}`;
}

/** What may stand in `runs/{runId}`: our own ids and nothing that could leave the folder. */
export function isRunId(text: string): boolean {
  return /^(?:timer|http|change|cli)-[A-Za-z0-9-]{8,80}$/.test(text);
}

/**
 * The run that scans a changed server at the end of the present slot. An event that comes later belongs to the next
 * slot, so a change is never answered by a scan from before it.
 */
export function changeSlot(serverId: string, now: Date): { readonly runId: string; readonly delaySeconds: number } {
  const end = new Date((Math.floor(now.getTime() / changeSlotMs) + 1) * changeSlotMs);
  const server = createHash("sha256").update(serverId).digest("hex").slice(0, 16);
  const delaySeconds = Math.ceil((end.getTime() - now.getTime()) / 1000);
  return { runId: `change-${server}-${compact(end)}`, delaySeconds };
}

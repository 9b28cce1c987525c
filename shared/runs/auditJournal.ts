import type { AuditEvent, AuditLine } from "../publish/auditLine.ts";
import { appendAudit } from "../publish/auditLog.ts";
import type { RotationStep, StepName } from "../rotate/tickReport.ts";
import type { StepJournal } from "../rotate/tick.ts";
import type { RecordPorts } from "./deliver.ts";

/** Steps that change something outside. The others are the daily round, and news only when they say something new. */
const effects: readonly StepName[] = [
  "prepare",
  "apply",
  "publish",
  "close",
  "import",
  "repair",
  "compensate",
  "recoverSecret",
];

/** The steps of one tick on their way into the audit log. */
export interface AuditJournal extends StepJournal {
  /** The line before anything is done. @throws the store's error: without it nothing may be begun */
  begin(event: Pick<AuditEvent, "action" | "outcome" | "detail">, signal: AbortSignal): Promise<void>;
  /** Whether a step was among them that changes something, done or failed. */
  hasEffect(): boolean;
  steps(): readonly RotationStep[];
  /** What stands in the audit log by now: the lines of this tick, after those of the run before it. */
  lines(): readonly AuditLine[];
  /**
   * Writes what is not written yet, and `events` after it.
   *
   * @returns why some lines are missing, if so: what was done is done, with or without its line
   */
  finish(events: readonly AuditEvent[], signal: AbortSignal): Promise<string | null>;
}

/** @param about who acts on which credential, in which run */
export function auditJournal(about: Pick<AuditEvent, "actor" | "target" | "runId">, ports: RecordPorts): AuditJournal {
  const noted: RotationStep[] = [];
  const lines: AuditLine[] = [];
  let open: AuditEvent[] = [];

  async function write(signal: AbortSignal): Promise<void> {
    const events = open;
    if (events.length === 0) return;
    const appended = await appendAudit(ports.audit, auditStream(about.target), events, ports.now(), signal);
    open = open.slice(events.length);
    lines.push(...(lines.length === 0 ? appended.earlier : []), ...appended.lines);
  }

  return {
    async begin(event, signal) {
      open.push({ ...about, ...event });
      await write(signal);
    },

    note(step) {
      noted.push(step);
      open.push(stepEvent(step, about));
    },

    async flush(signal) {
      if (!hasEffect(noted)) return;
      try {
        await write(signal);
      } catch {
        // A password that nobody knows is worse than a line that is late: `finish` tries again and tells.
      }
    },

    hasEffect: () => hasEffect(noted),
    steps: () => noted,
    lines: () => lines,

    async finish(events, signal) {
      open.push(...events);
      try {
        await write(signal);
        return null;
      } catch (error) {
        const why = error instanceof Error ? error.message : "for an unknown reason";
        return `${open.length} audit lines of ${about.target} were not written: ${why}`;
      }
    },
  };
}

export function auditStream(credential: string): string {
  return `rotation-${credential}`;
}

function hasEffect(steps: readonly RotationStep[]): boolean {
  return steps.some(({ step, outcome }) => effects.includes(step) && (outcome === "done" || outcome === "failed"));
}

function stepEvent(step: RotationStep, about: Pick<AuditEvent, "actor" | "target" | "runId">): AuditEvent {
  const { key, role, secretVersion, code, message, remedy, at, durationMs } = step;
  return {
    ...about,
    action: `rotation.${step.step}`,
    outcome: step.outcome,
    detail: {
      generation: key?.generation ?? null,
      rotationId: key?.rotationId ?? null,
      role,
      secretVersion,
      code,
      message,
      remedy,
      at,
      durationMs: Math.round(durationMs),
    },
  };
}

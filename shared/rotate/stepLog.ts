import type { RotationKey } from "../model/credential.ts";
import type { RotationPorts } from "./ports.ts";
import { RotationError } from "./rotationError.ts";
import type { RotationStep, StepName } from "./tickReport.ts";

/** What a step is about, known before it is taken. */
export interface StepSubject {
  readonly step: StepName;
  readonly key: RotationKey | null;
  readonly role: string | null;
}

export interface StepResult<T> {
  readonly value: T;
  readonly message: string;
  readonly outcome?: "done" | "found" | "skipped";
  readonly secretVersion?: string | null;
  readonly key?: RotationKey;
}

/** Records the steps of one tick as they happen. */
export interface StepLog {
  readonly steps: readonly RotationStep[];
  /** Takes a step and records how it went; what it throws goes on. */
  take<T>(subject: StepSubject, work: () => Promise<StepResult<T>>): Promise<T>;
}

export function stepLog(
  { now, monotonicMs }: Pick<RotationPorts, "now" | "monotonicMs">,
  note: (step: RotationStep) => void,
): StepLog {
  const steps: RotationStep[] = [];

  return {
    steps,
    async take({ step, key, role }, work) {
      const at = now().toISOString();
      const startedMs = monotonicMs();

      function add(
        rest: Pick<RotationStep, "outcome" | "key" | "secretVersion" | "code" | "message" | "remedy">,
      ): void {
        const taken = { step, role, at, durationMs: monotonicMs() - startedMs, ...rest };
        steps.push(taken);
        note(taken);
      }

      try {
        const { value, message, outcome = "done", secretVersion = null, key: found = key } = await work();
        add({ outcome, key: found, secretVersion, code: null, message, remedy: null });
        return value;
      } catch (error) {
        if (error instanceof RotationError) {
          const { code, message, remedy } = error;
          add({ outcome: "failed", key, secretVersion: null, code, message, remedy });
        }
        throw error;
      }
    },
  };
}

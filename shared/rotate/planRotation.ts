import type { RotationPorts } from "./ports.ts";
import type { TickRequest } from "./tick.ts";
import type { Remark, TickReport } from "./tickReport.ts";

/** What a tick would do now. */
export interface RotationPlan {
  readonly credential: string;
  /** The role that would get the next password; null when none would, or it could not be learned. */
  readonly role: string | null;
  /** One sentence each, in order. */
  readonly steps: readonly string[];
  /** What stands in the way, and what a person should know. */
  readonly faults: readonly Remark[];
  readonly due: boolean;
  /** ISO 8601; null while nothing is published. */
  readonly nextDueAt: string | null;
  readonly intent: TickReport["intent"];
}

/** Preflight and decision without any change: no lease is taken, no lock kept, nothing written. */
export function planRotation(request: TickRequest, ports: RotationPorts, signal: AbortSignal): Promise<RotationPlan> {
  return Promise.reject(new Error(`Not written: ${request.wish} ${typeof ports} ${typeof signal}`));
}

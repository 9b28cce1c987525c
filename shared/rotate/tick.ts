import type { Credential, CredentialServer } from "../model/credential.ts";
import type { RotationPorts } from "./ports.ts";
import type { RotationStep, TickReport } from "./tickReport.ts";

/** `recover` runs an open intent forward and proves what is published; it never begins a rotation. */
export type Wish = "recover" | "rotateIfDue" | "rotateNow";

export interface TickRequest {
  readonly credential: Credential;
  readonly server: CredentialServer;
  readonly wish: Wish;
}

/** Takes the steps as they happen; `flush` is awaited before the first outside effect and at the end. */
export interface StepJournal {
  note(step: RotationStep): void;
  flush(signal: AbortSignal): Promise<void>;
}

/**
 * One run of the state machine for one credential: an open intent is run forward, the published secret is proved by a
 * login and mended where it can be, and a rotation is begun where that is wished.
 *
 * @returns how it ended; faults of the world are part of it
 */
export function tick(
  request: TickRequest,
  ports: RotationPorts,
  journal: StepJournal,
  signal: AbortSignal,
): Promise<TickReport> {
  return Promise.reject(new Error(`Not written: ${request.wish} ${typeof ports} ${typeof journal} ${typeof signal}`));
}

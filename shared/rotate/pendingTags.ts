import type { Intent, RotationKey } from "../model/credential.ts";
import { tag, type PendingState } from "./secretTags.ts";
import type { TickContext } from "./tickContext.ts";

/** Every tag of a pending version: an update replaces them all. */
export function pendingTags(
  { generation, rotationId }: RotationKey,
  state: PendingState,
  { credential, operation, attempts }: { credential: string; operation: string | null; attempts: number },
): Readonly<Record<string, string>> {
  return {
    [tag.state]: state,
    [tag.generation]: String(generation),
    [tag.rotationId]: rotationId,
    [tag.credential]: credential,
    ...(operation !== null && { [tag.operation]: operation }),
    ...(attempts > 0 && { [tag.attempts]: String(attempts) }),
  };
}

/** Notes on the pending versions of an intent what became of it; twins carry the same. */
export async function tagPending(
  { credential, ports, signal, guard }: TickContext,
  intent: Intent,
  state: PendingState,
  attempts = 0,
): Promise<void> {
  const tags = pendingTags(intent, state, { credential: intent.credential, operation: intent.operation, attempts });
  for (const version of [intent.pendingVersion, ...intent.twins]) {
    await guard();
    await ports.secrets.update(credential.pending, version, { tags }, signal);
  }
}

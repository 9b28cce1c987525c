import type { Credential } from "../model/credential.ts";
import { RotationError } from "../rotate/rotationError.ts";
import { isWindowOpen } from "../rotate/rotationWindow.ts";
import type { Wish } from "../rotate/tick.ts";
import { readCredentialState, type RotationRequestState, updateCredentialState } from "./credentialState.ts";
import { type CredentialPorts, pickCredential, type RotationReason } from "./rotationPorts.ts";
import { runTick, type TickResult } from "./runTick.ts";

export interface RotationRequest {
  /** Its name in pgwarden.yaml. */
  readonly credential: string;
  /** The same id is the same wish: it is granted once. */
  readonly requestId: string;
  readonly reason: Exclude<RotationReason, "recover">;
  readonly actor: string;
}

/** Another worker has the credential; the wish is to be tried again soon. */
export class CredentialBusyError extends Error {
  override readonly name = "CredentialBusyError";
}

/**
 * Rotates one credential: when it is due, or because somebody asks. Handling a request twice is harmless, also when the
 * first try died in the middle: a rotation that is open is run forward, and none is begun over one that came through.
 *
 * @returns undefined when the request was granted before
 * @throws UnknownCredentialError; CredentialBusyError for a wish that was kept from its turn; the store's error when
 * the audit log takes no line: then nothing was begun
 */
export async function rotateCredential(
  request: RotationRequest,
  ports: CredentialPorts,
  signal: AbortSignal,
): Promise<TickResult | undefined> {
  const { requestId, reason, actor } = request;
  const credential = pickCredential(request.credential, ports);
  const { requests } = await readCredentialState(ports.store, credential.name, signal);
  const known = requests.find(({ id }) => id === requestId);
  if (known?.status === "done") return undefined;

  const wish =
    reason === "timer"
      ? timerWish(credential, ports.now())
      : await askedWish(credential, known, request, ports, signal);
  const result = await runTick({ credential, wish, runId: requestId, actor, reason, requestId }, ports, signal);
  if (result.report.state === "busy" && reason === "http")
    throw new CredentialBusyError(`Credential ${credential.name} is being worked on.`);
  return result;
}

/** A message may arrive when the window has closed. */
function timerWish({ window, enabled }: Credential, now: Date): Wish {
  return enabled && isWindowOpen(window, now) ? "rotateIfDue" : "recover";
}

async function askedWish(
  credential: Credential,
  known: RotationRequestState | undefined,
  { requestId }: RotationRequest,
  ports: CredentialPorts,
  signal: AbortSignal,
): Promise<Wish> {
  if (!credential.enabled) return "recover";
  const generation = await publishedGeneration(credential, ports, signal);
  // An earlier try got so far that consumers have the new password, and died before it could say so.
  if (known !== undefined) return (generation ?? 0) > (known.generation ?? 0) ? "recover" : "rotateNow";
  const begun = { id: requestId, status: "begun" as const, generation, at: ports.now().toISOString() };
  await updateCredentialState(
    ports.store,
    credential.name,
    (before) => ({ ...before, requests: [...before.requests, begun] }),
    signal,
  );
  return "rotateNow";
}

/** Null when nothing of ours is published, or when the vault does not answer: the tick will say so. */
async function publishedGeneration(
  credential: Credential,
  ports: CredentialPorts,
  signal: AbortSignal,
): Promise<number | null> {
  try {
    const { published } = await ports.facts(credential, signal);
    return published?.key?.generation ?? null;
  } catch (error) {
    if (error instanceof RotationError) return null;
    throw error;
  }
}

import { auditStream } from "./auditJournal.ts";
import { readCredentialState } from "./credentialState.ts";
import { audit } from "./deliver.ts";
import type { CredentialPorts } from "./rotationPorts.ts";

export interface AskedRotation {
  readonly credential: string;
  readonly requestId: string;
  readonly actor: string;
  /** In the caller's words. */
  readonly reason: string | null;
}

/** `granted`: the same request was made before and has had its rotation. */
export interface AskedOutcome {
  readonly outcome: "queued" | "granted" | "disabled" | "unknown";
}

/** Hands a rotation that somebody asks for to a worker, with one line in the audit log of who asked. */
export async function requestRotation(
  { credential: name, requestId, actor, reason }: AskedRotation,
  ports: CredentialPorts,
  signal: AbortSignal,
): Promise<AskedOutcome> {
  const credential = ports.config.credentials.find((one) => one.name === name);
  if (credential === undefined) return { outcome: "unknown" };
  const { requests } = await readCredentialState(ports.store, name, signal);
  if (requests.some(({ id, status }) => id === requestId && status === "done")) return { outcome: "granted" };

  const outcome = credential.enabled ? "queued" : "disabled";
  const event = {
    actor,
    action: "rotation.request",
    target: name,
    outcome: credential.enabled ? "queued" : "refused",
    runId: requestId,
    detail: { reason },
  };
  await audit(auditStream(name), [event], null, ports, signal);
  if (credential.enabled) await ports.dispatch({ v: 1, credential: name, requestId, reason: "http" }, 0, signal);
  return { outcome };
}

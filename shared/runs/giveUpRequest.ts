import { auditStream } from "./auditJournal.ts";
import { updateCredentialState } from "./credentialState.ts";
import { audit } from "./deliver.ts";
import type { RotationRequest } from "./rotateCredential.ts";
import type { CredentialPorts } from "./rotationPorts.ts";

/**
 * Notes of a wished rotation that its message failed for the last time: whoever asked sees it at the credential, and the
 * audit log has a line. The same request may still be granted, when its message is sent again.
 *
 * @param fault name of the error that the last try ended with
 */
export async function giveUpRequest(
  { credential, requestId }: Pick<RotationRequest, "credential" | "requestId">,
  { tries, fault }: { readonly tries: number; readonly fault: string },
  ports: Pick<CredentialPorts, "store" | "audit" | "sink" | "now">,
  signal: AbortSignal,
): Promise<void> {
  const at = ports.now().toISOString();
  await updateCredentialState(
    ports.store,
    credential,
    (before) => {
      const known = before.requests.find(({ id }) => id === requestId);
      if (known?.status === "done") return before;
      const failed = { id: requestId, status: "failed" as const, generation: known?.generation ?? null, at };
      return { ...before, requests: [...before.requests.filter(({ id }) => id !== requestId), failed] };
    },
    signal,
  );
  const event = {
    actor: "pgwarden",
    action: "rotation.giveUp",
    target: credential,
    outcome: "failed",
    runId: requestId,
    detail: { tries, fault },
  };
  await audit(auditStream(credential), [event], null, ports, signal);
}

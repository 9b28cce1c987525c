import type { StoredSecret } from "./ports.ts";
import { publish, type Publication } from "./publish.ts";
import { RotationError, type RotationCode } from "./rotationError.ts";
import type { TickContext } from "./tickContext.ts";

const PATIENCE_MS = 60_000;
const BETWEEN_TRIES_MS = 5000;

const vaultFaults: ReadonlySet<RotationCode> = new Set<RotationCode>([
  "VAULT_DENIED",
  "VAULT_READ_ONLY",
  "VAULT_THROTTLED",
  "VAULT_UNREACHABLE",
  "SECRET_DELETED",
]);

/** Whether it is the vault that stands in the way. */
export function isVaultFault(code: RotationCode): boolean {
  return vaultFaults.has(code);
}

/**
 * Publishes where consumers cannot log in until it is done: a vault that refuses is asked again for a minute.
 * A write that is sent twice makes two versions of one rotation, which harms nobody.
 *
 * @throws RotationError of the last try
 */
export async function publishPatiently(context: TickContext, publication: Publication): Promise<StoredSecret> {
  const { ports, signal } = context;
  const endsAtMs = ports.monotonicMs() + PATIENCE_MS;
  for (;;) {
    try {
      return await publish(context, publication);
    } catch (error) {
      if (!(error instanceof RotationError && isVaultFault(error.code))) throw error;
      const pauseMs = Math.max(BETWEEN_TRIES_MS, error.retryAfterMs ?? 0);
      if (ports.monotonicMs() + pauseMs > endsAtMs) throw error;
      await ports.wait(pauseMs, signal);
    }
  }
}

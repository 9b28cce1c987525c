import { RotationError } from "./rotationError.ts";
import type { TickContext } from "./tickContext.ts";

const PATIENCE_MS = 60_000;
const BETWEEN_READS_MS = 5000;

/**
 * Brings a soft-deleted secret back, with its versions; making it anew would be refused and would lose them.
 *
 * @throws RotationError `SECRET_DELETED` when that is not allowed or takes longer than a minute
 */
export function recoverSecret(context: TickContext, which: "published" | "pending"): Promise<void> {
  const { credential, ports, signal, guard, log } = context;
  const secret = credential[which];
  const vault = new URL(secret.vault).hostname.split(".")[0] ?? "";
  const remedy = `az keyvault secret recover --vault-name ${vault} --name ${secret.name}`;
  return log.take({ step: "recoverSecret", key: null, role: null }, async () => {
    const before = await ports.secrets.readLatest(secret, signal);
    if (before.state === "deleted") {
      await guard();
      await ports.secrets.recover(secret, signal).catch((error: unknown) => {
        if (!(error instanceof RotationError) || error.code !== "VAULT_DENIED") throw error;
        const message = `${secret.name} was deleted, and the rotator may not recover it.`;
        throw new RotationError(message, { code: "SECRET_DELETED", effect: "none", remedy, cause: error });
      });
    }
    const endsAtMs = ports.monotonicMs() + PATIENCE_MS;
    for (;;) {
      const { state } = await ports.secrets.readLatest(secret, signal);
      if (state !== "deleted" && state !== "recovering") break;
      if (ports.monotonicMs() >= endsAtMs) {
        const message = `${secret.name} was deleted, and is not back after a minute.`;
        throw new RotationError(message, { code: "SECRET_DELETED", effect: "unknown", remedy });
      }
      await ports.wait(BETWEEN_READS_MS, signal);
    }
    return { value: undefined, message: `${secret.name} was deleted and is back.` };
  });
}

import { type EmulatorApp, type EmulatorContext, newApp, sentSegment } from "../emulatorContext.ts";
import { keyVaultGate } from "./keyVaultGate.ts";
import { deletedSecretNotFound, secretNotFound } from "./keyVaultRefusal.ts";
import { deletedBody, propertiesBody, requireRecovered, secretName } from "./secretBodies.ts";

const RETENTION_SECONDS = 90 * 86_400;

/** Soft delete: DELETE, then GET, recover or purge under /deletedsecrets. */
export function deleteSecretRoutes(context: EmulatorContext): EmulatorApp {
  const { vault } = context.state;
  const routes = newApp();

  routes.delete("/secrets/:name", keyVaultGate(context, "delete"), (c) => {
    const name = secretName(sentSegment(c, 1));
    const secret = vault.secrets.get(name.toLowerCase());
    if (secret === undefined) throw secretNotFound(name);
    const deletedAt = Math.floor(context.now().getTime() / 1000);
    const deleted = { secret, deletedAt, purgeAt: deletedAt + RETENTION_SECONDS };
    vault.secrets.delete(name.toLowerCase());
    vault.deleted.set(name.toLowerCase(), deleted);
    return c.json(deletedBody(c, deleted));
  });

  routes.get("/deletedsecrets/:name", keyVaultGate(context, "readMetadata"), (c) => {
    const name = secretName(sentSegment(c, 1));
    const deleted = vault.deleted.get(name.toLowerCase());
    if (deleted === undefined) throw deletedSecretNotFound(name);
    return c.json(deletedBody(c, deleted));
  });

  routes.post("/deletedsecrets/:name/recover", keyVaultGate(context, "recover"), (c) => {
    const name = secretName(sentSegment(c, 1));
    const deleted = vault.deleted.get(name.toLowerCase());
    const current = deleted?.secret.versions.at(-1);
    requireRecovered(context, name);
    if (deleted === undefined || current === undefined) throw deletedSecretNotFound(name);
    const { recoverySeconds } = context.state.behaviour;
    if (recoverySeconds > 0) vault.recovering.set(name.toLowerCase(), context.now().getTime() + recoverySeconds * 1000);
    vault.deleted.delete(name.toLowerCase());
    vault.secrets.set(name.toLowerCase(), deleted.secret);
    return c.json(propertiesBody(c, deleted.secret, current));
  });

  routes.delete("/deletedsecrets/:name", keyVaultGate(context, "purge"), (c) => {
    const name = secretName(sentSegment(c, 1));
    if (!vault.deleted.delete(name.toLowerCase())) throw deletedSecretNotFound(name);
    return c.body(null, 204);
  });
  return routes;
}

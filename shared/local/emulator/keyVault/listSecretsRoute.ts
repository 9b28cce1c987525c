import { type EmulatorApp, type EmulatorContext, newApp, sentSegment } from "../emulatorContext.ts";
import { keyVaultGate } from "./keyVaultGate.ts";
import { secretNotFound } from "./keyVaultRefusal.ts";
import { deletedItemBody, isRecovering, itemBody, propertiesBody, secretName } from "./secretBodies.ts";
import { vaultPage } from "./vaultPage.ts";

/** GET /secrets, /secrets/{name}/versions and /deletedsecrets; no list holds a value. */
export function listSecretsRoute(context: EmulatorContext): EmulatorApp {
  const { vault } = context.state;
  const gate = keyVaultGate(context, "readMetadata");
  const routes = newApp();

  routes.get("/secrets", gate, (c) =>
    c.json(
      vaultPage(
        c,
        [...vault.secrets.values()].map((secret) => itemBody(c, secret)),
      ),
    ),
  );

  routes.get("/secrets/:name/versions", gate, (c) => {
    const name = secretName(sentSegment(c, 1));
    const secret = vault.secrets.get(name.toLowerCase());
    if (secret === undefined || isRecovering(context, name)) throw secretNotFound(name);
    // By version id, which says nothing about age: nobody may rely on the order.
    const versions = secret.versions.toSorted((a, b) => (a.version < b.version ? -1 : 1));
    return c.json(
      vaultPage(
        c,
        versions.map((version) => propertiesBody(c, secret, version)),
      ),
    );
  });

  routes.get("/deletedsecrets", gate, (c) =>
    c.json(
      vaultPage(
        c,
        [...vault.deleted.values()].map((deleted) => deletedItemBody(c, deleted)),
      ),
    ),
  );
  return routes;
}

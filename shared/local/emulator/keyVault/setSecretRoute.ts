import * as v from "valibot";
import { type EmulatorApp, type EmulatorContext, newApp, sentSegment } from "../emulatorContext.ts";
import { keyVaultGate } from "./keyVaultGate.ts";
import {
  Attributes,
  ContentType,
  keyVaultBody,
  newVersion,
  requireNotDeleted,
  requireRecovered,
  secretBody,
  secretName,
  setAttributes,
  Tags,
  takeWrite,
} from "./secretBodies.ts";

const SetBody = v.object({
  value: v.pipe(v.string(), v.maxBytes(25_000)),
  contentType: v.optional(v.nullable(ContentType)),
  attributes: v.optional(Attributes, {}),
  tags: v.optional(Tags, {}),
});

/** PUT /secrets/{name}: a new version, current at once. Properties that are not sent again are dropped. */
export function setSecretRoute(context: EmulatorContext): EmulatorApp {
  const { vault } = context.state;
  const routes = newApp();
  routes.put("/secrets/:name", keyVaultGate(context, "setSecret"), async (c) => {
    takeWrite(context);
    const name = secretName(sentSegment(c, -1));
    const { value, contentType, attributes, tags } = await keyVaultBody(c, SetBody);
    requireNotDeleted(vault, name);
    requireRecovered(context, name);

    const version = newVersion(Math.floor(context.now().getTime() / 1000));
    version.value = value;
    version.contentType = contentType ?? null;
    version.tags = tags;
    setAttributes(version, attributes);
    const secret = vault.secrets.get(name.toLowerCase()) ?? { name, versions: [] };
    secret.versions.push(version);
    vault.secrets.set(name.toLowerCase(), secret);
    return c.json(secretBody(c, secret, version));
  });
  return routes;
}

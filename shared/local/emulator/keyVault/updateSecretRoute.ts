import * as v from "valibot";
import { type EmulatorApp, type EmulatorContext, newApp, sentSegment } from "../emulatorContext.ts";
import { keyVaultGate } from "./keyVaultGate.ts";
import {
  Attributes,
  ContentType,
  keyVaultBody,
  propertiesBody,
  requireRecovered,
  secretName,
  secretVersion,
  setAttributes,
  Tags,
} from "./secretBodies.ts";

const UpdateBody = v.object({
  contentType: v.optional(ContentType),
  attributes: v.optional(Attributes, {}),
  tags: v.optional(Tags),
});

/** PATCH /secrets/{name}/{version}: attributes, tags and content type of one version; the value never changes. */
export function updateSecretRoute(context: EmulatorContext): EmulatorApp {
  const { vault } = context.state;
  const routes = newApp();
  routes.on("PATCH", ["/secrets/:name", "/secrets/:name/:version"], keyVaultGate(context, "update"), async (c) => {
    const name = secretName(sentSegment(c, 1));
    const { contentType, attributes, tags } = await keyVaultBody(c, UpdateBody);
    requireRecovered(context, name);
    const { secret, version } = secretVersion(vault, name, c.req.param("version"));
    if (contentType !== undefined) version.contentType = contentType;
    if (tags !== undefined) version.tags = tags;
    setAttributes(version, attributes);
    version.updated = Math.floor(context.now().getTime() / 1000);
    return c.json(propertiesBody(c, secret, version));
  });
  return routes;
}

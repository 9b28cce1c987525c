import type { Context } from "hono";
import * as v from "valibot";
import type { ConfigurationBody } from "../armBodies.ts";
import { type EmulatorApp, type EmulatorContext, type EmulatorEnv, newApp, sentSegment } from "../emulatorContext.ts";
import { armBody } from "./armBody.ts";
import { armGate } from "./armGate.ts";
import { API_VERSIONS, ARM_PATHS } from "./armPaths.ts";
import { ArmRefusal } from "./armRefusal.ts";
import { page } from "./page.ts";
import { isAllowedValue } from "./parameterValue.ts";
import { type AddressedServer, named, serverOf } from "./serverOf.ts";

const UpdateBody = v.object({
  properties: v.object({
    value: v.optional(v.string()),
    source: v.optional(v.picklist(["system-default", "user-override"]), "user-override"),
  }),
});

/** The server parameters: list, get, PUT and PATCH (long-running), which also reach PostgreSQL. */
export function configurationRoutes(context: EmulatorContext): EmulatorApp {
  const gate = armGate(context, API_VERSIONS.postgres);
  const routes = newApp();

  routes.get(ARM_PATHS.configurations, gate, (c) =>
    c.json(page(context, c, serverOf(context, c).server.configurations)),
  );
  routes.get(ARM_PATHS.configuration, gate, (c) => c.json(addressed(c, serverOf(context, c))));
  routes.on(["PUT", "PATCH"], ARM_PATHS.configuration, gate, async (c) => change(context, c));
  return routes;
}

function addressed(c: Context<EmulatorEnv>, { server }: AddressedServer): ConfigurationBody {
  const name = sentSegment(c, -1);
  const configuration = named(server.configurations, name);
  if (configuration !== undefined) return configuration;
  const { name: serverName, properties } = server.body;
  const message = `The configuration '${name}' does not exist for ${serverName} server version ${properties.version}.`;
  throw new ArmRefusal(404, { code: "ConfigurationNotExists", message });
}

async function change(context: EmulatorContext, c: Context<EmulatorEnv>): Promise<Response> {
  const { operations, postgres } = context;
  const target = serverOf(context, c);
  const configuration = addressed(c, target);
  const { name, properties } = configuration;
  const update = (await armBody(c, UpdateBody)).properties;
  const value = update.source === "system-default" ? properties.defaultValue : update.value;
  check(target, configuration, value);
  return operations.accept(c, target.server.body.location, {
    serverId: target.id,
    result: () => configuration,
    async effect() {
      const effect = await postgres.applyParameter(target.id, name, value);
      const changed = properties.value !== value;
      properties.value = value;
      properties.source = update.source;
      if (changed && (!properties.isDynamicConfig || effect === "pendingRestart")) {
        properties.isConfigPendingRestart = true;
      }
    },
  });
}

function check(
  { server }: AddressedServer,
  { name, properties }: ConfigurationBody,
  value: string | undefined,
): asserts value is string {
  const { name: serverName, properties: present, sku } = server.body;
  if (present.state !== "Ready") {
    const message = `Cannot complete operation while server is in state '${present.state}'.`;
    throw new ArmRefusal(409, { code: "ServerNotReady", message });
  }
  if (properties.isReadOnly) {
    const message = `The configuration(s) '${name}' is(are) read-only for ${serverName} server version ${present.version}.`;
    throw new ArmRefusal(400, { code: "ConfigurationReadOnly", message });
  }
  if (value === undefined || !isAllowedValue(properties, value)) {
    const message = `Value '${value ?? ""}' is invalid for server parameter '${name}'. Allowed values are '${properties.allowedValues}'.`;
    throw new ArmRefusal(400, { code: "ServerParameterToCMSUnAllowedParameterValue", message });
  }
  if (name === "pgbouncer.enabled" && value.toLowerCase() === "true" && sku.tier === "Burstable") {
    const message = "PgBouncer is not supported for the Burstable tier.";
    throw new ArmRefusal(400, { code: "ServerParameterToCMSPgBouncerNotSupportedForBurstable", message });
  }
}

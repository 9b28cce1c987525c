import * as v from "valibot";
import type { ServerBody } from "../armBodies.ts";
import { type EmulatorApp, type EmulatorContext, newApp } from "../emulatorContext.ts";
import { armBody } from "./armBody.ts";
import { armGate } from "./armGate.ts";
import { API_VERSIONS, ARM_PATHS } from "./armPaths.ts";
import { ArmRefusal, invalidParameter } from "./armRefusal.ts";
import { serverOf } from "./serverOf.ts";

const Toggle = v.picklist(["Enabled", "Disabled"]);

/** What may change after creation; other properties are passed over, as the service does. */
const PatchBody = v.object({
  sku: v.optional(v.object({ name: v.string(), tier: v.picklist(["Burstable", "GeneralPurpose", "MemoryOptimized"]) })),
  tags: v.optional(v.record(v.string(), v.string())),
  properties: v.optional(
    v.object({
      administratorLogin: v.optional(v.string()),
      administratorLoginPassword: v.optional(v.string()),
      authConfig: v.optional(
        v.partial(v.object({ activeDirectoryAuth: Toggle, passwordAuth: Toggle, tenantId: v.string() })),
      ),
      backup: v.optional(v.partial(v.object({ backupRetentionDays: v.number(), geoRedundantBackup: Toggle }))),
      highAvailability: v.optional(v.object({ mode: v.picklist(["Disabled", "SameZone", "ZoneRedundant"]) })),
      maintenanceWindow: v.optional(
        v.partial(
          v.object({ customWindow: Toggle, dayOfWeek: v.number(), startHour: v.number(), startMinute: v.number() }),
        ),
      ),
      network: v.optional(v.partial(v.object({ publicNetworkAccess: Toggle }))),
      storage: v.optional(
        v.partial(v.object({ autoGrow: Toggle, iops: v.number(), storageSizeGB: v.number(), tier: v.string() })),
      ),
    }),
    {},
  ),
});

type Patch = v.InferOutput<typeof PatchBody>;

/** PATCH one server, long-running. The administrator's password reaches PostgreSQL and is kept nowhere. */
export function patchServerRoute(context: EmulatorContext): EmulatorApp {
  const { operations } = context;
  const routes = newApp();
  routes.patch(ARM_PATHS.server, armGate(context, API_VERSIONS.postgres), async (c) => {
    const { id, server } = serverOf(context, c);
    const { body } = server;
    const patch = await armBody(c, PatchBody);
    check(patch, body);
    const password = patch.properties.administratorLoginPassword;
    return operations.accept(c, body.location, {
      serverId: id,
      result: () => body,
      async effect() {
        const before = body.properties.state;
        body.properties.state = "Updating";
        try {
          const passwordAuth = patch.properties.authConfig?.passwordAuth ?? body.properties.authConfig.passwordAuth;
          // With password authentication off the service says nothing and changes nothing.
          if (password !== undefined && passwordAuth === "Enabled") await setPassword(context, id, body, password);
          merge(patch, body);
        } finally {
          body.properties.state = before;
        }
      },
    });
  });
  return routes;
}

async function setPassword(
  { postgres, state }: EmulatorContext,
  id: string,
  { properties }: ServerBody,
  password: string,
): Promise<void> {
  const { passwordDelayMs } = state.behaviour;
  if (passwordDelayMs === 0) return postgres.setPassword(id, properties.administratorLogin, password);
  setTimeout(() => {
    // Nobody waits for it, and the server may be gone by then.
    postgres.setPassword(id, properties.administratorLogin, password).catch(() => undefined);
  }, passwordDelayMs).unref();
}

function check({ properties }: Patch, { properties: present }: ServerBody): void {
  if (present.state !== "Ready") {
    const message = `Cannot complete operation while server is in state '${present.state}'.`;
    throw new ArmRefusal(409, { code: "ServerNotReady", message });
  }
  if (properties.administratorLoginPassword !== undefined && !["None", "Primary"].includes(present.replicationRole)) {
    const message = "The administrator's password of a read replica cannot be changed; change it on the primary.";
    throw new ArmRefusal(400, { code: "OperationNotSupportedOnReplica", message });
  }
  const { administratorLogin, administratorLoginPassword: password, backup, network, storage } = properties;
  if (administratorLogin !== undefined && administratorLogin !== present.administratorLogin) {
    throw invalidParameter("administratorLogin");
  }
  if (password !== undefined) checkPassword(password, present.administratorLogin);
  const days = backup?.backupRetentionDays;
  if (days !== undefined && !(Number.isInteger(days) && days >= 7 && days <= 35)) {
    throw invalidParameter(String(days)); // the service does name the value here (Azure/bicep-types-az#2354)
  }
  const geo = backup?.geoRedundantBackup;
  if (geo !== undefined && geo !== present.backup.geoRedundantBackup) throw invalidParameter("geoRedundantBackup");
  if (network?.publicNetworkAccess === "Enabled" && present.network.delegatedSubnetResourceId !== undefined) {
    throw invalidParameter("publicNetworkAccess");
  }
  if ((storage?.storageSizeGB ?? Infinity) < present.storage.storageSizeGB) throw invalidParameter("storageSizeGB");
}

function checkPassword(password: string, login: string): void {
  if (password.length < 8 || password.length > 128) {
    const message = "Password validation failed. The password must have 8 to 128 characters.";
    throw new ArmRefusal(400, { code: "PasswordTooShort", message });
  }
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^a-zA-Z\d]/].filter((kind) => kind.test(password)).length;
  if (kinds < 3 || password.toLowerCase().includes(login.toLowerCase())) {
    const message =
      "Password validation failed. The password does not meet policy requirements because it is not complex enough.";
    throw new ArmRefusal(400, { code: "PasswordNotComplex", message });
  }
}

function merge({ sku, tags, properties }: Patch, body: ServerBody): void {
  if (sku !== undefined) body.sku = sku;
  if (tags !== undefined) body.tags = tags;
  const present = body.properties;
  Object.assign(present.authConfig, properties.authConfig);
  Object.assign(present.backup, properties.backup);
  Object.assign(present.maintenanceWindow, properties.maintenanceWindow);
  Object.assign(present.network, properties.network);
  Object.assign(present.storage, properties.storage);
  if (properties.highAvailability !== undefined) {
    const { mode } = properties.highAvailability;
    present.highAvailability = {
      ...present.highAvailability,
      mode,
      state: mode === "Disabled" ? "NotEnabled" : "Healthy",
    };
  }
}

import * as v from "valibot";
import type { AdministratorBody } from "../armBodies.ts";
import { type EmulatorApp, type EmulatorContext, newApp, sentSegment } from "../emulatorContext.ts";
import { armBody } from "./armBody.ts";
import { armGate } from "./armGate.ts";
import { API_VERSIONS, ARM_PATHS } from "./armPaths.ts";
import { ArmRefusal, childNotFound, invalidParameter } from "./armRefusal.ts";
import { page } from "./page.ts";
import { SERVER_TYPE, serverOf } from "./serverOf.ts";

const TYPE = `${SERVER_TYPE}/administrators`;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const AddBody = v.object({
  properties: v.object({
    principalName: v.string(),
    principalType: v.picklist(["User", "Group", "ServicePrincipal", "Unknown"]),
    tenantId: v.optional(v.string()),
  }),
});

/** The Entra administrators of a server: list, get, PUT and DELETE (both long-running). */
export function administratorRoutes(context: EmulatorContext): EmulatorApp {
  const { operations, state } = context;
  const gate = armGate(context, API_VERSIONS.postgres);
  const routes = newApp();

  routes.get(ARM_PATHS.administrators, gate, (c) =>
    c.json(page(context, c, serverOf(context, c).server.administrators)),
  );

  routes.get(ARM_PATHS.administrator, gate, (c) => {
    const present = withObjectId(serverOf(context, c).server.administrators, c.req.param("objectId"));
    if (present === undefined) throw childNotFound(TYPE, sentSegment(c, -1));
    return c.json(present);
  });

  routes.put(ARM_PATHS.administrator, gate, async (c) => {
    const { id, server } = serverOf(context, c);
    const objectId = sentSegment(c, -1);
    if (!UUID.test(objectId)) throw invalidParameter("objectId");
    const { principalName, principalType, tenantId } = (await armBody(c, AddBody)).properties;
    if (server.body.properties.authConfig.activeDirectoryAuth !== "Enabled") {
      const message = "Microsoft Entra authentication is not enabled on the server.";
      throw new ArmRefusal(400, { code: "AadAuthOperationCannotBePerformedWhenAadAuthIsDisabled", message });
    }
    const administrator: AdministratorBody = {
      type: TYPE,
      id: `${server.body.id}/administrators/${objectId}`,
      properties: { objectId, principalName, principalType, tenantId: tenantId ?? state.tenantId },
    };
    return operations.accept(c, server.body.location, {
      serverId: id,
      result: () => administrator,
      effect() {
        const present = withObjectId(server.administrators, objectId);
        if (present === undefined) server.administrators.push(administrator);
        else present.properties = administrator.properties;
        return Promise.resolve();
      },
    });
  });

  routes.delete(ARM_PATHS.administrator, gate, (c) => {
    const { id, server } = serverOf(context, c);
    const present = withObjectId(server.administrators, c.req.param("objectId"));
    if (present === undefined) return c.body(null, 204);
    return operations.accept(c, server.body.location, {
      serverId: id,
      effect() {
        server.administrators.splice(server.administrators.indexOf(present), 1);
        return Promise.resolve();
      },
    });
  });
  return routes;
}

function withObjectId(administrators: readonly AdministratorBody[], objectId: string): AdministratorBody | undefined {
  const wanted = objectId.toLowerCase();
  return administrators.find(({ properties }) => properties.objectId.toLowerCase() === wanted);
}

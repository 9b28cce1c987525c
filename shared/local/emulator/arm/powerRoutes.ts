import { type EmulatorApp, type EmulatorContext, newApp } from "../emulatorContext.ts";
import { armGate } from "./armGate.ts";
import { API_VERSIONS, ARM_PATHS } from "./armPaths.ts";
import { ArmRefusal } from "./armRefusal.ts";
import { type AddressedServer, serverOf } from "./serverOf.ts";

/** POST restart, start, stop; long-running. A restart makes pending parameters effective. */
export function powerRoutes(context: EmulatorContext): EmulatorApp {
  const { operations, postgres } = context;
  const gate = armGate(context, API_VERSIONS.postgres);
  const routes = newApp();

  routes.post(ARM_PATHS.restart, gate, (c) => {
    const { id, server } = inState(serverOf(context, c), "Ready");
    return operations.accept(c, server.body.location, {
      serverId: id,
      async effect() {
        server.body.properties.state = "Restarting";
        await postgres.restart?.(id);
        applyPending(server);
        server.body.properties.state = "Ready";
      },
    });
  });

  routes.post(ARM_PATHS.stop, gate, (c) => {
    const { id, server } = inState(serverOf(context, c), "Ready");
    return operations.accept(c, server.body.location, {
      serverId: id,
      async effect() {
        server.body.properties.state = "Stopping";
        await postgres.setRunning?.(id, false);
        server.body.properties.state = "Stopped";
      },
    });
  });

  routes.post(ARM_PATHS.start, gate, (c) => {
    const { id, server } = inState(serverOf(context, c), "Stopped");
    return operations.accept(c, server.body.location, {
      serverId: id,
      async effect() {
        server.body.properties.state = "Starting";
        await postgres.setRunning?.(id, true);
        applyPending(server);
        server.body.properties.state = "Ready";
      },
    });
  });
  return routes;
}

function inState(addressed: AddressedServer, needed: string): AddressedServer {
  const { state } = addressed.server.body.properties;
  if (state === needed) return addressed;
  const message = `Cannot complete operation while server is in state '${state}'.`;
  throw new ArmRefusal(409, { code: "ServerNotReady", message });
}

function applyPending({ configurations }: AddressedServer["server"]): void {
  for (const { properties } of configurations) properties.isConfigPendingRestart = false;
}

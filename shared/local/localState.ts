import type { AzureState, ColumnType } from "./emulator/azureState.ts";
import { newAzureState } from "./emulator/newAzureState.ts";
import type { DiagnosticSettingBody } from "./emulator/armBodies.ts";
import type { Fleet } from "./fleet.ts";
import { logLines } from "./logLines.ts";

/** The emulator's state for a fleet; nothing of the fleet is shared with it. */
export function localState(
  fleet: Fleet,
  streams: Readonly<Record<string, Readonly<Record<string, ColumnType>>>>,
  now: Date,
): AzureState {
  const { tenantId, subscriptions, network, servers, identities } = structuredClone(fleet);
  const [own, ...others] = identities;
  const state = newAzureState({
    tenantId,
    subscriptions,
    servers: servers.map(({ arm }) => arm),
    identities: [{ ...own, systemAssigned: true }, ...others],
    streams,
  });
  for (const server of servers) {
    const id = workspaceOf(server.arm.diagnosticSettings);
    if (id === undefined) continue;
    const known = state.workspaces.get(id) ?? { readers: [own.objectId], lines: [], rowLimit: 500_000 };
    state.workspaces.set(id, { ...known, lines: [...known.lines, ...logLines(server, now)] });
  }
  return { ...state, network, behaviour: { ...state.behaviour, enforceRateLimits: true } };
}

/** Lower-case id of the workspace that a server's log goes to. */
function workspaceOf(settings: readonly DiagnosticSettingBody[]): string | undefined {
  return settings.map(({ properties }) => properties.workspaceId?.toLowerCase()).find((id) => id !== undefined);
}

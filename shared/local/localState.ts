import type { AzureState, ColumnType } from "./emulator/azureState.ts";
import { newAzureState } from "./emulator/newAzureState.ts";
import type { Fleet } from "./fleet.ts";

/** The emulator's state for a fleet; nothing of the fleet is shared with it. */
export function localState(
  fleet: Fleet,
  streams: Readonly<Record<string, Readonly<Record<string, ColumnType>>>>,
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
  return { ...state, network, behaviour: { ...state.behaviour, enforceRateLimits: true } };
}

import { randomBytes } from "node:crypto";
import type { AzureState, ColumnType } from "./emulator/azureState.ts";
import type { Fleet } from "./fleet.ts";
import { configurationBodies } from "./serverParameters.ts";

/** The emulator's state for a fleet; nothing of the fleet is shared with it. */
export function localState(
  fleet: Fleet,
  streams: Readonly<Record<string, Readonly<Record<string, ColumnType>>>>,
): AzureState {
  const servers = fleet.servers.map(({ arm, major, parameters }) => ({
    ...structuredClone(arm),
    configurations: configurationBodies(arm.body.id, major, parameters),
  }));
  const [first, ...others] = fleet.identities;
  return {
    tenantId: fleet.tenantId,
    subscriptions: structuredClone([...fleet.subscriptions]),
    servers: new Map(servers.map((server) => [server.body.id.toLowerCase(), server])),
    network: structuredClone(fleet.network),
    identities: structuredClone([{ ...first, systemAssigned: true }, ...others]),
    vault: { secrets: new Map(), deleted: new Map(), writes: [] },
    rule: {
      immutableId: `dcr-${randomBytes(16).toString("hex")}`,
      streams: structuredClone(streams),
      rows: new Map(),
      unknownColumns: [],
    },
    behaviour: {
      pageSize: 100,
      resultTruncated: false,
      pollsUntilDone: 1,
      operationRetryAfterSeconds: null,
      tokenLifetimeSeconds: 24 * 3600,
      enforceRateLimits: true,
    },
  };
}

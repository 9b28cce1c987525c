import { randomBytes } from "node:crypto";
import type { AzureState, ColumnType, IdentityState, ServerState, SubscriptionState } from "./azureState.ts";

export interface AzureStateInput {
  readonly tenantId: string;
  readonly subscriptions: readonly SubscriptionState[];
  readonly servers?: readonly ServerState[];
  readonly identities?: readonly IdentityState[];
  readonly streams?: Readonly<Record<string, Readonly<Record<string, ColumnType>>>>;
}

/** A tenant with what is given and nothing else: no network, an empty vault, no rows. */
export function newAzureState({ tenantId, subscriptions, servers, identities, streams }: AzureStateInput): AzureState {
  return {
    tenantId,
    subscriptions: [...subscriptions],
    servers: new Map((servers ?? []).map((server) => [server.body.id.toLowerCase(), server])),
    network: { subnets: [], securityGroups: [], privateDnsZones: [], privateDnsZoneLinks: [] },
    identities: [...(identities ?? [])],
    vault: {
      secrets: new Map(),
      deleted: new Map(),
      writes: [],
      assignments: null,
      readOnly: false,
      recovering: new Map(),
      staleReads: new Map(),
    },
    keyVaults: [],
    rule: {
      immutableId: `dcr-${randomBytes(16).toString("hex")}`,
      streams: structuredClone(streams ?? {}),
      rows: new Map(),
      unknownColumns: [],
    },
    workspaces: new Map(),
    behaviour: {
      pageSize: 1000,
      resultTruncated: false,
      pollsUntilDone: 1,
      operationRetryAfterSeconds: null,
      namesOperation: true,
      operationFailure: null,
      passwordDelayMs: 0,
      recoverySeconds: 0,
      tokenLifetimeSeconds: 86_400,
      enforceRateLimits: false,
    },
  };
}

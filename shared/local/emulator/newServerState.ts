import { SERVER_TYPE } from "./arm/serverOf.ts";
import type { ChildBody, FirewallRuleBody, ServerBody, ServerPropertiesBody, Toggle } from "./armBodies.ts";
import type { ServerState } from "./azureState.ts";
import { newConfigurations } from "./serverParameters.ts";

/** The properties that a scenario chooses; the rest is as the service creates a server today. */
export interface ServerInput {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly name: string;
  readonly location?: string;
  /** Major, such as `17`. */
  readonly version: string;
  readonly minorVersion?: string;
  readonly administratorLogin: string;
  /** Entra authentication is on when given. */
  readonly tenantId?: string;
  readonly passwordAuth?: Toggle;
  readonly sku?: { readonly name: string; readonly tier: string };
  readonly tags?: Readonly<Record<string, string>>;
  readonly network?: Partial<ServerPropertiesBody["network"]>;
  /** Of the server that it replicates, for a read replica. */
  readonly sourceServerId?: string;
  /** Values other than the defaults, by parameter name. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Both ends included. */
  readonly firewallRules?: readonly { readonly name: string; readonly first: string; readonly last: string }[];
  readonly administrators?: readonly {
    readonly objectId: string;
    readonly principalName: string;
    readonly principalType: "User" | "Group" | "ServicePrincipal";
  }[];
  readonly threatProtection?: Toggle;
}

const CREATED_AT = "2025-06-01T18:30:22.123456Z";

/** A whole flexible server with everything below it. */
export function newServerState(input: ServerInput): ServerState {
  const body = newServerBody(input);
  return {
    body,
    firewallRules: (input.firewallRules ?? []).map(({ name, first, last }) => newFirewallRule(body, name, first, last)),
    configurations: newConfigurations(body.id, body.properties.version, input.parameters ?? {}),
    administrators: (input.administrators ?? []).map(({ objectId, principalName, principalType }) => ({
      type: `${SERVER_TYPE}/administrators`,
      id: `${body.id}/administrators/${objectId}`,
      properties: { objectId, principalName, principalType, tenantId: input.tenantId ?? "" },
    })),
    privateEndpointConnections: [],
    threatProtection: [
      child(body, "advancedThreatProtectionSettings", "Default", {
        creationTime: CREATED_AT,
        state: input.threatProtection ?? "Disabled",
      }),
    ],
    diagnosticSettings: [],
    backups: [
      child(body, "backups", "backup_638830782181266873", {
        backupType: "Full",
        completedTime: "2025-06-01T14:30:22.123456+00:00",
        source: "Automatic",
      }),
    ],
    replicas: [],
  };
}

/** The body alone: for a declared read replica that nothing runs behind. */
export function newServerBody(input: ServerInput): ServerBody {
  const { name, network, sourceServerId, tags } = input;
  const role = sourceServerId === undefined ? "Primary" : "AsyncReplica";
  return {
    name,
    type: SERVER_TYPE,
    id: `/subscriptions/${input.subscriptionId}/resourceGroups/${input.resourceGroup}/providers/${SERVER_TYPE}/${name}`,
    location: input.location ?? "westeurope",
    properties: {
      administratorLogin: input.administratorLogin,
      authConfig: {
        activeDirectoryAuth: input.tenantId === undefined ? "Disabled" : "Enabled",
        passwordAuth: input.passwordAuth ?? "Enabled",
        ...(input.tenantId === undefined ? {} : { tenantId: input.tenantId }),
      },
      availabilityZone: "1",
      backup: {
        backupRetentionDays: 7,
        earliestRestoreDate: "2025-06-01T18:35:22.123456Z",
        geoRedundantBackup: "Disabled",
      },
      dataEncryption: { type: "SystemManaged" },
      fullyQualifiedDomainName: `${name}.postgres.database.azure.com`,
      highAvailability: { mode: "Disabled", state: "NotEnabled" },
      maintenanceWindow: { customWindow: "Disabled", dayOfWeek: 0, startHour: 0, startMinute: 0 },
      minorVersion: input.minorVersion ?? "5",
      network: {
        ...network,
        publicNetworkAccess:
          network?.publicNetworkAccess ?? (network?.delegatedSubnetResourceId === undefined ? "Enabled" : "Disabled"),
      },
      // A server in a virtual network has none and says nothing about them (official examples).
      ...(network?.delegatedSubnetResourceId === undefined ? { privateEndpointConnections: [] } : {}),
      replica: { capacity: role === "Primary" ? 5 : 0, role },
      replicaCapacity: role === "Primary" ? 5 : 0,
      replicationRole: role,
      ...(sourceServerId === undefined ? {} : { sourceServerResourceId: sourceServerId }),
      state: "Ready",
      storage: { type: "", autoGrow: "Disabled", iops: 500, storageSizeGB: 128, tier: "P10" },
      version: input.version,
    },
    sku: { ...(input.sku ?? { name: "Standard_D4ds_v5", tier: "GeneralPurpose" }) },
    systemData: { createdAt: CREATED_AT },
    tags: { ...tags },
  };
}

export function newFirewallRule(server: ServerBody, name: string, first: string, last: string): FirewallRuleBody {
  return child(server, "firewallRules", name, { endIpAddress: last, startIpAddress: first });
}

/** Adds an approved private endpoint, in both places where ARM shows it. */
export function addPrivateEndpoint(server: ServerState, endpointId: string, status = "Approved"): void {
  const name = `${endpointId.split("/").at(-1) ?? ""}.${crypto.randomUUID()}`;
  const connection = child(server.body, "privateEndpointConnections", name, {
    groupIds: ["postgresqlServer"],
    privateEndpoint: { id: endpointId },
    privateLinkServiceConnectionState: { description: "", actionsRequired: "None", status },
    provisioningState: "Ready",
  });
  server.privateEndpointConnections.push(connection);
  (server.body.properties.privateEndpointConnections ??= []).push(connection);
}

/** Sends log categories to a workspace. */
export function addDiagnosticSetting(
  server: ServerState,
  name: string,
  workspaceId: string,
  categories: readonly string[],
): void {
  server.diagnosticSettings.push({
    id: `${server.body.id.toLowerCase()}/providers/microsoft.insights/diagnosticSettings/${name}`,
    type: "Microsoft.Insights/diagnosticSettings",
    name,
    location: null,
    kind: null,
    tags: null,
    properties: {
      storageAccountId: null,
      serviceBusRuleId: null,
      workspaceId,
      eventHubAuthorizationRuleId: null,
      eventHubName: null,
      metrics: [],
      logs: categories.map((category) => ({
        category,
        categoryGroup: null,
        enabled: true,
        retentionPolicy: { enabled: false, days: 0 },
      })),
      logAnalyticsDestinationType: null,
    },
    identity: null,
  });
}

function child<P>(server: ServerBody, kind: string, name: string, properties: P): ChildBody<P> {
  return { name, type: `${SERVER_TYPE}/${kind}`, id: `${server.id}/${kind}/${name}`, properties };
}

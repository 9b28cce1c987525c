import type {
  AdministratorBody,
  BackupBody,
  DiagnosticSettingBody,
  FirewallRuleBody,
  PrivateEndpointConnectionBody,
  ServerBody,
  ServerPropertiesBody,
  ThreatProtectionBody,
  Toggle,
} from "./emulator/armBodies.ts";
import type { ServerState } from "./emulator/azureState.ts";

const TYPE = "Microsoft.DBforPostgreSQL/flexibleServers";
const HOUR_MS = 3_600_000;

export interface ArmServerFacts {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly name: string;
  readonly major: number;
  readonly location: string;
  readonly tenantId: string;
  readonly administratorLogin: string;
  readonly network: ServerPropertiesBody["network"];
  readonly tags: Readonly<Record<string, string>>;
  readonly threatProtection: Toggle;
  readonly firewallRules?: readonly { readonly name: string; readonly first: string; readonly last: string }[];
  readonly administrators?: readonly AdministratorBody["properties"][];
  /** Names of approved private endpoints. */
  readonly privateEndpoints?: readonly string[];
  /** Log Analytics workspace that gets all logs. */
  readonly workspaceId?: string;
  readonly replicas?: readonly ServerBody[];
  readonly replicaOf?: string;
}

/** Newest minor releases known to the embedded binaries. */
const MINORS: Readonly<Record<number, string>> = { 13: "23", 16: "14", 17: "10", 18: "4" };

export function serverId({ subscriptionId, resourceGroup, name }: ArmServerFacts): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/${TYPE}/${name}`;
}

/** The bodies of one server and of what is below it, in the shape of the official examples. */
export function armServer(facts: ArmServerFacts): Omit<ServerState, "configurations"> {
  const id = serverId(facts);
  const connections = (facts.privateEndpoints ?? []).map((name) => privateEndpointConnection(facts, name));
  return {
    body: serverBody(facts, connections),
    firewallRules: (facts.firewallRules ?? []).map(({ name, first, last }) => firewallRule(id, name, first, last)),
    administrators: (facts.administrators ?? []).map((properties) => administrator(id, properties)),
    privateEndpointConnections: connections,
    threatProtection: [threatProtection(id, facts.threatProtection)],
    diagnosticSettings: facts.workspaceId === undefined ? [] : [diagnosticSetting(id, facts.workspaceId)],
    backups: [1, 25, 49].map((hours) => backup(id, new Date(Date.now() - hours * HOUR_MS))),
    replicas: [...(facts.replicas ?? [])],
  };
}

export function serverBody(
  facts: ArmServerFacts,
  connections: readonly PrivateEndpointConnectionBody[] = [],
): ServerBody {
  const role = facts.replicaOf === undefined ? "Primary" : "AsyncReplica";
  return {
    name: facts.name,
    type: TYPE,
    id: serverId(facts),
    location: facts.location,
    properties: {
      administratorLogin: facts.administratorLogin,
      authConfig: { activeDirectoryAuth: "Enabled", passwordAuth: "Enabled", tenantId: facts.tenantId },
      availabilityZone: "1",
      backup: {
        backupRetentionDays: 7,
        earliestRestoreDate: new Date(Date.now() - 7 * 24 * HOUR_MS).toISOString(),
        geoRedundantBackup: "Disabled",
      },
      dataEncryption: { type: "SystemManaged" },
      fullyQualifiedDomainName: `${facts.name}.postgres.database.azure.com`,
      highAvailability: { mode: "Disabled", state: "NotEnabled" },
      maintenanceWindow: { customWindow: "Disabled", dayOfWeek: 0, startHour: 0, startMinute: 0 },
      minorVersion: MINORS[facts.major] ?? "0",
      network: facts.network,
      privateEndpointConnections: [...connections],
      replica: { capacity: 5, role },
      replicaCapacity: 5,
      replicationRole: role,
      ...(facts.replicaOf === undefined ? {} : { sourceServerResourceId: facts.replicaOf }),
      state: "Ready",
      storage: { type: "", autoGrow: "Enabled", iops: 500, storageSizeGB: 128, tier: "P10" },
      version: String(facts.major),
    },
    sku: { name: "Standard_D2ds_v5", tier: "GeneralPurpose" },
    systemData: { createdAt: "2025-06-01T18:30:22.123456Z" },
    tags: { ...facts.tags },
  };
}

function firewallRule(id: string, name: string, startIpAddress: string, endIpAddress: string): FirewallRuleBody {
  const properties = { endIpAddress, startIpAddress };
  return { name, type: `${TYPE}/firewallRules`, id: `${id}/firewallRules/${name}`, properties };
}

function administrator(id: string, properties: AdministratorBody["properties"]): AdministratorBody {
  return { type: `${TYPE}/administrators`, id: `${id}/administrators/${properties.objectId}`, properties };
}

function privateEndpointConnection(facts: ArmServerFacts, endpoint: string): PrivateEndpointConnectionBody {
  const name = `${endpoint}.1fa229cd-bf3f-47f0-8c49-afb36723997e`;
  const group = `/subscriptions/${facts.subscriptionId}/resourceGroups/${facts.resourceGroup}`;
  return {
    name,
    type: `${TYPE}/privateEndpointConnections`,
    id: `${serverId(facts)}/privateEndpointConnections/${name}`,
    properties: {
      groupIds: ["postgresqlServer"],
      privateEndpoint: { id: `${group}/providers/Microsoft.Network/privateEndpoints/${endpoint}` },
      privateLinkServiceConnectionState: { description: "Auto-approved", actionsRequired: "None", status: "Approved" },
      provisioningState: "Ready",
    },
  };
}

function threatProtection(id: string, state: Toggle): ThreatProtectionBody {
  return {
    name: "Default",
    type: `${TYPE}/advancedThreatProtectionSettings`,
    id: `${id}/advancedThreatProtectionSettings/Default`,
    properties: { creationTime: "2025-06-01T18:30:22.123456Z", state },
  };
}

function backup(id: string, completed: Date): BackupBody {
  const name = `backup_${completed.getTime()}`;
  return {
    name,
    type: `${TYPE}/backups`,
    id: `${id}/backups/${name}`,
    properties: { backupType: "Full", completedTime: completed.toISOString(), source: "Automatic" },
  };
}

function diagnosticSetting(id: string, workspaceId: string): DiagnosticSettingBody {
  const retentionPolicy = { enabled: false, days: 0 };
  return {
    id: `${id.toLowerCase()}/providers/microsoft.insights/diagnosticSettings/to-workspace`,
    type: "Microsoft.Insights/diagnosticSettings",
    name: "to-workspace",
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
      logs: [{ category: null, categoryGroup: "allLogs", enabled: true, retentionPolicy }],
      logAnalyticsDestinationType: null,
    },
    identity: null,
  };
}

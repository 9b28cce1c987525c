/** From `GET flexibleServers/{name}`. A property that the body lacks is null; nothing is defaulted. */
export interface ServerFacts {
  readonly id: string;
  readonly name: string;
  readonly location: string;
  readonly version: string;
  readonly minorVersion: string | null;
  readonly state: string;
  readonly fqdn: string | null;
  readonly administratorLogin: string | null;
  readonly skuName: string | null;
  /** `Burstable`, `GeneralPurpose` or `MemoryOptimized`. */
  readonly skuTier: string | null;
  readonly entraAuthentication: "Enabled" | "Disabled" | null;
  readonly passwordAuthentication: "Enabled" | "Disabled" | null;
  readonly tenantId: string | null;
  readonly publicNetworkAccess: "Enabled" | "Disabled" | null;
  readonly delegatedSubnetId: string | null;
  readonly privateDnsZoneId: string | null;
  readonly encryptionType: "SystemManaged" | "AzureKeyVault" | null;
  readonly encryptionKeyUri: string | null;
  readonly encryptionKeyStatus: string | null;
  readonly backupRetentionDays: number | null;
  readonly geoRedundantBackup: string | null;
  readonly highAvailabilityMode: string | null;
  /** `None`, `Primary`, `AsyncReplica` or `GeoAsyncReplica`. */
  readonly replicationRole: string | null;
  readonly sourceServerId: string | null;
  readonly tags: Readonly<Record<string, string>>;
}

/** A range of IPv4 addresses, both ends included. */
export interface FirewallRule {
  readonly name: string;
  readonly first: string;
  readonly last: string;
}

/** One entry of `configurations`. All values are strings, as ARM gives them. */
export interface Parameter {
  readonly name: string;
  readonly value: string;
  readonly defaultValue: string | null;
  readonly dataType: string;
  readonly allowedValues: string | null;
  readonly source: string | null;
  readonly dynamic: boolean | null;
  readonly readOnly: boolean | null;
  readonly pendingRestart: boolean | null;
  readonly unit: string | null;
}

export interface EntraAdministrator {
  readonly objectId: string;
  readonly principalName: string;
  /** `User`, `Group`, `ServicePrincipal` or `Unknown`. */
  readonly principalType: string;
  readonly tenantId: string | null;
}

export interface PrivateEndpointConnection {
  readonly name: string;
  /** Null while the other side hides it. */
  readonly privateEndpointId: string | null;
  /** `Approved`, `Pending`, `Rejected` or `Disconnected`. */
  readonly status: string;
  readonly groupIds: readonly string[];
}

export interface ThreatProtection {
  readonly name: string;
  readonly state: string;
}

export interface DiagnosticCategory {
  /** A category name, or `group:allLogs` and its like. */
  readonly category: string;
  readonly enabled: boolean;
}

export interface DiagnosticSetting {
  readonly name: string;
  readonly workspaceId: string | null;
  readonly storageAccountId: string | null;
  readonly eventHubName: string | null;
  readonly categories: readonly DiagnosticCategory[];
}

export interface Backup {
  readonly name: string;
  readonly type: string | null;
  readonly source: string | null;
  readonly completedAt: string | null;
}

export interface Replica {
  readonly id: string;
  readonly name: string;
  readonly location: string;
  readonly role: string | null;
}

export interface SecurityRule {
  readonly name: string;
  readonly direction: "Inbound" | "Outbound";
  readonly access: "Allow" | "Deny";
  readonly priority: number;
  /** `Tcp`, `Udp`, `Icmp`, `Esp`, `Ah` or `*`. */
  readonly protocol: string;
  /** Addresses, prefixes, service tags or `*`. */
  readonly sources: readonly string[];
  readonly sourceApplicationSecurityGroups: readonly string[];
  readonly destinations: readonly string[];
  /** `*`, `5432` or `5000-6000`. */
  readonly destinationPorts: readonly string[];
}

/** The delegated subnet of a VNet-integrated server and its network security group. */
export interface DelegatedNetwork {
  readonly subnetId: string;
  readonly addressPrefixes: readonly string[];
  /** Service names, such as `Microsoft.DBforPostgreSQL/flexibleServers`. */
  readonly delegations: readonly string[];
  readonly securityGroupId: string | null;
  /** Own and default rules in ascending priority; empty without a group. */
  readonly securityRules: readonly SecurityRule[];
}

export interface PrivateDnsZone {
  readonly zoneId: string;
  /** Virtual networks with a finished link, lower-case ids. */
  readonly linkedNetworkIds: readonly string[];
}

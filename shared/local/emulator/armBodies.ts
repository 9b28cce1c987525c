/** The JSON that Azure Resource Manager sends, property for property in the order of the official examples. */

export interface ServerBody {
  name: string;
  type: string;
  id: string;
  identity?: ServerIdentityBody;
  location: string;
  properties: ServerPropertiesBody;
  sku: { name: string; tier: string };
  systemData: { createdAt: string };
  tags?: Record<string, string>;
}

export interface ServerIdentityBody {
  type: string;
  principalId?: string;
  tenantId?: string;
  userAssignedIdentities?: Record<string, { clientId: string; principalId: string }>;
}

export type Toggle = "Enabled" | "Disabled";

export interface ServerPropertiesBody {
  administratorLogin: string;
  authConfig: { activeDirectoryAuth: Toggle; passwordAuth: Toggle; tenantId?: string };
  availabilityZone: string;
  backup: { backupRetentionDays: number; earliestRestoreDate: string; geoRedundantBackup: Toggle };
  dataEncryption: {
    type: "SystemManaged" | "AzureKeyVault";
    primaryEncryptionKeyStatus?: string;
    primaryKeyURI?: string;
    primaryUserAssignedIdentityId?: string;
  };
  fullyQualifiedDomainName: string;
  highAvailability: { mode: string; standbyAvailabilityZone?: string; state: string };
  maintenanceWindow: { customWindow: Toggle; dayOfWeek: number; startHour: number; startMinute: number };
  minorVersion: string;
  network: { delegatedSubnetResourceId?: string; privateDnsZoneArmResourceId?: string; publicNetworkAccess: Toggle };
  privateEndpointConnections?: PrivateEndpointConnectionBody[];
  replica: { capacity: number; role: string };
  replicaCapacity: number;
  replicationRole: string;
  sourceServerResourceId?: string;
  state: string;
  storage: { type: string; autoGrow: Toggle; iops: number; storageSizeGB: number; tier?: string; throughput?: number };
  version: string;
}

/** A resource below a server. */
export interface ChildBody<P> {
  name: string;
  type: string;
  id: string;
  properties: P;
}

/** Both ends included; `0.0.0.0` to `0.0.0.0` stands for "all Azure services". */
export type FirewallRuleBody = ChildBody<{ endIpAddress: string; startIpAddress: string }>;

export type ConfigurationBody = ChildBody<ConfigurationPropertiesBody>;

export type ConfigurationDataType = "Boolean" | "Numeric" | "Integer" | "Enumeration" | "String" | "Set";

export interface ConfigurationPropertiesBody {
  description: string;
  allowedValues: string;
  dataType: ConfigurationDataType;
  defaultValue: string;
  documentationLink?: string;
  isConfigPendingRestart: boolean;
  isDynamicConfig: boolean;
  isReadOnly: boolean;
  source: "system-default" | "user-override";
  unit?: string;
  value: string;
}

/** The list gives no `name` (official example). */
export interface AdministratorBody {
  type: string;
  id: string;
  properties: { objectId: string; principalName: string; principalType: string; tenantId: string };
}

export type PrivateEndpointConnectionBody = ChildBody<{
  groupIds: string[];
  privateEndpoint?: { id: string };
  privateLinkServiceConnectionState: { description: string; actionsRequired: string; status: string };
  provisioningState: string;
}>;

export type ThreatProtectionBody = ChildBody<{ creationTime: string; state: Toggle }>;

export type BackupBody = ChildBody<{ backupType: string; completedTime: string; source: string }>;

export interface DiagnosticSettingBody {
  id: string;
  type: string;
  name: string;
  location: string | null;
  kind: string | null;
  tags: Record<string, string> | null;
  properties: {
    storageAccountId: string | null;
    serviceBusRuleId: string | null;
    workspaceId: string | null;
    eventHubAuthorizationRuleId: string | null;
    eventHubName: string | null;
    metrics: DiagnosticCategoryBody[];
    logs: DiagnosticCategoryBody[];
    logAnalyticsDestinationType: string | null;
  };
  identity: null;
}

export interface DiagnosticCategoryBody {
  category: string | null;
  categoryGroup: string | null;
  enabled: boolean;
  retentionPolicy: { enabled: boolean; days: number };
}

export interface SubnetBody {
  name: string;
  id: string;
  etag: string;
  properties: {
    provisioningState: string;
    addressPrefix?: string;
    addressPrefixes?: string[];
    networkSecurityGroup?: { id: string };
    delegations: {
      name: string;
      id: string;
      etag: string;
      properties: { provisioningState: string; serviceName: string; actions: string[] };
      type: string;
    }[];
    privateEndpointNetworkPolicies: string;
    privateLinkServiceNetworkPolicies: string;
  };
  type: string;
}

export interface SecurityGroupBody {
  name: string;
  id: string;
  etag: string;
  type: string;
  location: string;
  properties: {
    provisioningState: string;
    resourceGuid: string;
    securityRules: SecurityRuleBody[];
    defaultSecurityRules: SecurityRuleBody[];
    subnets?: { id: string }[];
  };
}

export interface SecurityRuleBody {
  name: string;
  id: string;
  etag: string;
  type: string;
  properties: {
    provisioningState: string;
    description?: string;
    protocol: string;
    sourcePortRange?: string;
    destinationPortRange?: string;
    sourceAddressPrefix?: string;
    destinationAddressPrefix?: string;
    access: "Allow" | "Deny";
    priority: number;
    direction: "Inbound" | "Outbound";
    sourcePortRanges: string[];
    destinationPortRanges: string[];
    sourceAddressPrefixes: string[];
    destinationAddressPrefixes: string[];
    sourceApplicationSecurityGroups?: { id: string }[];
    destinationApplicationSecurityGroups?: { id: string }[];
  };
}

/** A virtual network link of a private DNS zone; the product sees it through Resource Graph only. */
export interface PrivateDnsZoneLinkBody {
  id: string;
  properties: {
    virtualNetwork: { id: string };
    registrationEnabled: boolean;
    /** `InProgress`, `Completed`. */
    virtualNetworkLinkState: string;
    provisioningState: string;
  };
}

/** A Key Vault as Resource Manager shows it; its secrets are another service's. */
export interface KeyVaultBody {
  id: string;
  name: string;
  type: string;
  location: string;
  tags: Record<string, string>;
  properties: {
    sku: { family: string; name: string };
    tenantId: string;
    accessPolicies: unknown[];
    enabledForDeployment: boolean;
    enableSoftDelete?: boolean;
    softDeleteRetentionInDays: number;
    enableRbacAuthorization?: boolean;
    /** Absent where it is off: it cannot be set to false. */
    enablePurgeProtection?: boolean;
    networkAcls?: { bypass: string; defaultAction: string; ipRules: unknown[]; virtualNetworkRules: unknown[] };
    publicNetworkAccess?: string;
    vaultUri: string;
    provisioningState: string;
  };
}

import type {
  AdministratorBody,
  BackupBody,
  ConfigurationBody,
  DiagnosticSettingBody,
  FirewallRuleBody,
  KeyVaultBody,
  PrivateDnsZoneLinkBody,
  PrivateEndpointConnectionBody,
  SecurityGroupBody,
  ServerBody,
  SubnetBody,
  ThreatProtectionBody,
} from "./armBodies.ts";

/**
 * Everything that the local Azure knows, in one plain object. The emulator keeps nothing beside it but open operations
 * and its request log; tests and scenarios read and change it at any time.
 */
export interface AzureState {
  tenantId: string;
  subscriptions: SubscriptionState[];
  /** Keyed by lower-case ARM id. */
  servers: Map<string, ServerState>;
  network: NetworkState;
  identities: IdentityState[];
  vault: VaultState;
  /** What Resource Manager knows of vaults. */
  keyVaults: KeyVaultState[];
  rule: DataCollectionRuleState;
  /** Log Analytics workspaces that can be queried, keyed by lower-case ARM id. */
  workspaces: Map<string, WorkspaceState>;
  behaviour: BehaviourState;
}

export interface SubscriptionState {
  /** A UUID; the real clients refuse anything else. */
  subscriptionId: string;
  displayName: string;
  /** Names of the management groups above it, at any level. */
  managementGroups: string[];
}

/** The raw ARM bodies of one flexible server and of everything below it. */
export interface ServerState {
  body: ServerBody;
  firewallRules: FirewallRuleBody[];
  configurations: ConfigurationBody[];
  administrators: AdministratorBody[];
  privateEndpointConnections: PrivateEndpointConnectionBody[];
  threatProtection: ThreatProtectionBody[];
  diagnosticSettings: DiagnosticSettingBody[];
  backups: BackupBody[];
  /** Whole server bodies, as `GET …/replicas` gives them. */
  replicas: ServerBody[];
}

export interface NetworkState {
  subnets: SubnetBody[];
  securityGroups: SecurityGroupBody[];
  /** ARM ids of zones, with links or without. */
  privateDnsZones: string[];
  privateDnsZoneLinks: PrivateDnsZoneLinkBody[];
}

export interface IdentityState {
  clientId: string;
  objectId: string;
  /** Also the name of its PostgreSQL role. */
  name: string;
  /** True for the one that is meant when a request names no identity. */
  systemAssigned?: boolean;
}

export interface KeyVaultState {
  body: KeyVaultBody;
  diagnosticSettings: DiagnosticSettingBody[];
}

export interface VaultState {
  /** Keyed by lower-case name: the service compares names without case. */
  secrets: Map<string, SecretState>;
  deleted: Map<string, DeletedSecretState>;
  /** Times of the writes of the last ten seconds, in ms; 300 are let through. */
  writes: number[];
  /** Who may do what; null: everybody everything. */
  assignments: VaultAssignment[] | null;
  /** As after a failover of its region: reads work, changes do not. */
  readOnly: boolean;
  /** Lower-case names whose recovery goes on until a time in ms. */
  recovering: Map<string, number>;
  /** Lower-case name → how many reads without a version still give the version before. */
  staleReads: Map<string, number>;
}

/** A data action of Key Vault's, `Microsoft.KeyVault/vaults/secrets/<action>/action`. */
export type VaultAction = "getSecret" | "setSecret" | "update" | "readMetadata" | "recover" | "delete" | "purge";

export interface VaultAssignment {
  clientId: string;
  actions: VaultAction[];
  /** Names without case; null: every secret, and the lists of them. */
  secrets: string[] | null;
}

export interface SecretState {
  /** As first written. */
  name: string;
  /** Oldest first; the last one is current. */
  versions: SecretVersionState[];
}

export interface SecretVersionState {
  /** 32 hexadecimal digits. */
  version: string;
  value: string;
  contentType: string | null;
  enabled: boolean;
  /** Unix seconds, all four. */
  created: number;
  updated: number;
  notBefore: number | null;
  expires: number | null;
  tags: Record<string, string>;
}

export interface DeletedSecretState {
  secret: SecretState;
  /** Unix seconds. */
  deletedAt: number;
  purgeAt: number;
}

/** A column type of a data collection rule's stream declaration. */
export type ColumnType = "string" | "int" | "long" | "real" | "boolean" | "datetime" | "dynamic";

export type IngestedRow = Record<string, unknown>;

export interface DataCollectionRuleState {
  /** `dcr-` and 32 hexadecimal digits. */
  immutableId: string;
  /** Stream name → column name → type. */
  streams: Record<string, Record<string, ColumnType>>;
  /** Stream name → the rows that were accepted, in order of arrival. */
  rows: Map<string, IngestedRow[]>;
  /** Columns that rows had and the stream does not declare: Azure drops them and says nothing. */
  unknownColumns: { stream: string; column: string }[];
}

export interface WorkspaceState {
  /** Object ids of the identities that may query it. */
  readers: string[];
  /** Lines of servers' logs, in any order. */
  lines: LogLineState[];
  /** An answer with more rows than this is cut, and says so. */
  rowLimit: number;
}

/** One line of PGSQLServerLogs. */
export interface LogLineState {
  /** ISO 8601 in UTC. */
  at: string;
  resourceId: string;
  /** As PostgreSQL wrote it, its prefix included. */
  message: string;
}

/** How the service behaves; nothing a client can set. */
export interface BehaviourState {
  /** Items per page of every ARM and Resource Graph list. */
  pageSize: number;
  /** What Resource Graph says of its result. */
  resultTruncated: boolean;
  /** How many polls of a long-running operation answer `InProgress` first. */
  pollsUntilDone: number;
  /** Sent with 202 and with every poll when not null; without it the SDKs use their own interval. */
  operationRetryAfterSeconds: number | null;
  /** Whether 202 names an operation to poll. */
  namesOperation: boolean;
  /** How the operations that begin now will fail; null: they do what was asked. */
  operationFailure: { readonly code: string; readonly message: string } | null;
  /** How long after the end of its operation an administrator's new password begins to work. */
  passwordDelayMs: number;
  /** How long a recovered secret is neither here nor there. */
  recoverySeconds: number;
  tokenLifetimeSeconds: number;
  /** Whether an empty token bucket (ARM) or quota (Resource Graph) gives 429; the headers count down either way. */
  enforceRateLimits: boolean;
}

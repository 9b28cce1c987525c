import type {
  Backup,
  DelegatedNetwork,
  DiagnosticSetting,
  EntraAdministrator,
  FirewallRule,
  Parameter,
  PrivateDnsZone,
  PrivateEndpointConnection,
  Replica,
  ServerFacts,
  ThreatProtection,
} from "./armEvidence.ts";
import type { CanaryLook } from "./canaryEvidence.ts";
import type {
  CatalogContext,
  Membership,
  PasswordType,
  Role,
  RoleSetting,
  Session,
  Setting,
} from "./catalogEvidence.ts";
import type { CredentialLogin, KeyVault, ManagedCredential } from "./credentialEvidence.ts";
import type {
  AclGroup,
  CronJob,
  DatabaseFacts,
  DefaultPrivilege,
  DefinerFunction,
  EventTrigger,
  Extension,
  ForeignServer,
  Language,
  NotableFunction,
  Partition,
  ProtectedTable,
  ProtectedView,
  Publication,
  ReplicationSlot,
  RowPolicy,
  SensitiveColumn,
  Subscription,
  UserMapping,
} from "./databaseEvidence.ts";
import type { LoginHistory } from "./logEvidence.ts";
import type { DnsProbe, LegacyTlsProbe, PlaintextProbe, ReachabilityProbe, TlsProbe } from "./probeEvidence.ts";

/** What each section holds, one item each. Those named in the singular have one item. */
export interface SectionItem {
  // Azure Resource Manager
  readonly server: ServerFacts;
  readonly firewallRules: FirewallRule;
  readonly parameters: Parameter;
  readonly entraAdministrators: EntraAdministrator;
  readonly privateEndpointConnections: PrivateEndpointConnection;
  readonly threatProtection: ThreatProtection;
  readonly diagnosticSettings: DiagnosticSetting;
  readonly backups: Backup;
  readonly replicas: Replica;
  readonly delegatedNetwork: DelegatedNetwork;
  readonly privateDnsZone: PrivateDnsZone;
  // Log Analytics
  readonly loginHistory: LoginHistory;
  // Rotation
  readonly credentials: ManagedCredential;
  readonly credentialLogins: CredentialLogin;
  /** The Key Vaults of the server's credentials. */
  readonly vaults: KeyVault;
  // PostgreSQL catalogs
  readonly context: CatalogContext;
  readonly settings: Setting;
  readonly roles: Role;
  readonly passwordTypes: PasswordType;
  readonly memberships: Membership;
  readonly roleSettings: RoleSetting;
  readonly sessions: Session;
  readonly databases: DatabaseFacts;
  /** ACLs of databases, tablespaces and parameters. */
  readonly sharedAcls: AclGroup;
  readonly subscriptions: Subscription;
  readonly replicationSlots: ReplicationSlot;
  // What roles see, by trying
  readonly canaries: CanaryLook;
  // Probes over raw sockets
  readonly plaintextProbes: PlaintextProbe;
  readonly legacyTlsProbes: LegacyTlsProbe;
  readonly tlsProbes: TlsProbe;
  readonly dnsProbes: DnsProbe;
  readonly reachabilityProbes: ReachabilityProbe;
}

export type SectionName = keyof SectionItem;

/**
 * Why a section could not be read. `denied`: a right is missing. `absent`: this server has no such thing.
 * `shape`: the answer did not fit the schema. `deadline`: the run ran out of its own time.
 */
export type UnavailableReason = "denied" | "timeout" | "unreachable" | "absent" | "shape" | "deadline";

export interface Collected<T> {
  readonly state: "collected";
  readonly items: readonly T[];
}

export interface Unavailable {
  readonly state: "unavailable";
  readonly reason: UnavailableReason;
  /** One sentence without secrets: what was missing, and for `denied` what grants it. */
  readonly detail: string;
}

export type Section<T> = Collected<T> | Unavailable;

export type Sections = { readonly [S in SectionName]: Section<SectionItem[S]> };

/** The items of exactly the sections that a control requires. */
export type Evidence<R extends SectionName> = { readonly [S in R]: readonly SectionItem[S][] };

/** The same of sections that a control may do without: null when a section could not be read. */
export type MaybeEvidence<M extends SectionName> = { readonly [S in M]: readonly SectionItem[S][] | null };

/** What each section of one database holds. */
export interface DatabaseSectionItem {
  readonly acls: AclGroup;
  readonly defaultPrivileges: DefaultPrivilege;
  readonly protectedTables: ProtectedTable;
  readonly rowPolicies: RowPolicy;
  readonly partitions: Partition;
  readonly definerFunctions: DefinerFunction;
  readonly protectedViews: ProtectedView;
  readonly extensions: Extension;
  readonly eventTriggers: EventTrigger;
  readonly publications: Publication;
  readonly userMappings: UserMapping;
  readonly foreignServers: ForeignServer;
  readonly languages: Language;
  readonly notableFunctions: NotableFunction;
  readonly sensitiveColumns: SensitiveColumn;
  readonly cronJobs: CronJob;
}

export type DatabaseSectionName = keyof DatabaseSectionItem;

export type DatabaseSections = { readonly [S in DatabaseSectionName]: Section<DatabaseSectionItem[S]> };

/** The items of exactly the database sections that a control requires. */
export type DatabaseEvidence<R extends DatabaseSectionName> = { readonly [S in R]: readonly DatabaseSectionItem[S][] };

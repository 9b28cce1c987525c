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
import type {
  CatalogContext,
  Membership,
  PasswordType,
  Role,
  RoleSetting,
  Session,
  Setting,
} from "./catalogEvidence.ts";
import type { DnsProbe, LegacyTlsProbe, PlaintextProbe, ReachabilityProbe, TlsProbe } from "./probeEvidence.ts";

/** What each section holds, one item each. `server`, `context`, `delegatedNetwork` and `privateDnsZone` have one item. */
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
  // PostgreSQL catalogs
  readonly context: CatalogContext;
  readonly settings: Setting;
  readonly roles: Role;
  readonly passwordTypes: PasswordType;
  readonly memberships: Membership;
  readonly roleSettings: RoleSetting;
  readonly sessions: Session;
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

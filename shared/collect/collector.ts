import type { ServerFacts } from "../model/armEvidence.ts";
import type { CatalogContext } from "../model/catalogEvidence.ts";
import type { DnsProbe, LegacyTlsProbe, PlaintextProbe, ReachabilityProbe, TlsProbe } from "../model/probeEvidence.ts";
import type { CredentialLogin, ManagedCredential } from "../model/credentialEvidence.ts";
import type {
  DatabaseSectionItem,
  DatabaseSectionName,
  SectionItem,
  SectionName,
  Unavailable,
} from "../model/section.ts";
import type { ServerRef } from "../model/server.ts";

/** Lists that ARM gives page by page as `{ value, nextLink }`. */
export type ArmListName = Extract<
  SectionName,
  | "firewallRules"
  | "parameters"
  | "entraAdministrators"
  | "privateEndpointConnections"
  | "threatProtection"
  | "diagnosticSettings"
  | "backups"
  | "replicas"
>;

export type CatalogSectionName = Extract<
  SectionName,
  | "context"
  | "settings"
  | "roles"
  | "passwordTypes"
  | "memberships"
  | "roleSettings"
  | "sessions"
  | "databases"
  | "sharedAcls"
  | "subscriptions"
  | "replicationSlots"
>;

export type ProbeSectionName = Extract<
  SectionName,
  "plaintextProbes" | "legacyTlsProbes" | "tlsProbes" | "dnsProbes" | "reachabilityProbes"
>;

export interface ArmCollector<S extends ArmListName> {
  readonly section: S;
  readonly apiVersion: string;
  /** The ARM action that a reader's role needs; named when ARM refuses. */
  readonly action: string;
  readonly path: (server: ServerRef) => string;
  /** Why this server has no such thing, as a sentence; undefined where it may have it. */
  readonly absentOn?: (facts: ServerFacts) => string | undefined;
  /** One element of `value`, straight from the body. */
  readonly parse: (value: unknown) => SectionItem[S];
}

export interface SqlCollector<S extends CatalogSectionName> {
  readonly section: S;
  readonly scope: "server";
  readonly sql: (major: number) => string;
  /** A right that this login lacks would change what the statement returns: the section is not read then. */
  readonly hidden?: (context: CatalogContext) => Unavailable | undefined;
  readonly parse: (rows: readonly unknown[]) => readonly SectionItem[S][];
}

/** Reads one section of the database that the connection leads to. */
export interface DatabaseCollector<S extends DatabaseSectionName> {
  readonly section: S;
  readonly scope: "database";
  readonly sql: (major: number) => string;
  readonly parse: (rows: readonly unknown[]) => readonly DatabaseSectionItem[S][];
  /** Where there may be tens of thousands of rows: reads them one at a time, as they arrive. As `parse` otherwise. */
  readonly reader?: () => (row: unknown) => DatabaseSectionItem[S];
}

export interface ArmReader {
  /**
   * The parsed body of one GET, untouched.
   *
   * @param pathOrNextLink a path from `/subscriptions/…`, or a `nextLink` of the same host, which keeps its own query
   * @throws CollectError `denied` (401, 403), `absent` (404), `timeout`, `unreachable`, `shape`, `deadline`
   */
  read(pathOrNextLink: string, apiVersion: string, signal: AbortSignal): Promise<unknown>;
}

/** Either list may be empty; both empty means everything that the identity may read. */
export interface ResourceGraphScope {
  readonly subscriptions: readonly string[];
  readonly managementGroups: readonly string[];
}

export interface ResourceGraphAnswer {
  readonly rows: readonly unknown[];
  /** The service kept rows back, or there were more pages than are read. */
  readonly truncated: boolean;
}

export interface ResourceGraphReader {
  /** @throws CollectError as `ArmReader.read` */
  query(text: string, scope: ResourceGraphScope, signal: AbortSignal): Promise<ResourceGraphAnswer>;
}

export interface LogQuery {
  /** ARM id of the Log Analytics workspace. */
  readonly workspaceId: string;
  /** KQL. */
  readonly text: string;
  /** Both ISO 8601; nothing outside is looked at. */
  readonly from: string;
  readonly to: string;
}

export interface LogReader {
  /**
   * Every row of the answer, keyed by column.
   *
   * @throws CollectError as `ArmReader.read`, and `shape` when the service gave a part of the rows only
   */
  query(query: LogQuery, signal: AbortSignal): Promise<readonly Readonly<Record<string, unknown>>[]>;
}

/** The credentials of one server. */
export interface KnownCredentials {
  readonly credentials: readonly ManagedCredential[];
  readonly logins: readonly CredentialLogin[];
}

export interface CredentialReader {
  /** As pgwarden.yaml names them and as rotation saw them last; no vault is asked. */
  read(server: ServerRef, signal: AbortSignal): Promise<KnownCredentials>;
}

export interface CatalogTarget {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly role: string;
}

/** Rows of one statement, as the driver parses them. */
export type Rows = readonly unknown[];

/** A statement whose rows nobody holds all at once. */
export interface RowStatement {
  readonly sql: string;
  /** Called whenever the statement is sent; what it returns is called with every row, and throws nothing. */
  readonly begin: () => (row: unknown) => void;
}

export type Statement = string | RowStatement;

export interface CatalogConnection {
  /** 13 to 18, from the server's own greeting. */
  readonly major: number;
  /**
   * Sends the statements as one simple-protocol message and gives the rows of each, or none where they were handed
   * over as they arrived.
   *
   * @throws CollectError; which statement failed is not known
   */
  readonly run: (statements: readonly Statement[], signal: AbortSignal) => Promise<readonly Rows[]>;
  /**
   * Sends one statement with parameters `$1`, `$2` …, each a text or a list of texts, and gives its rows.
   *
   * @throws CollectError
   */
  readonly ask: (
    statement: string,
    values: readonly (string | readonly string[])[],
    signal: AbortSignal,
  ) => Promise<Rows>;
  readonly close: () => Promise<void>;
}

export interface CatalogPort {
  /** Over verified TLS only. @throws CollectError with a sentence that says what stood in the way */
  open(target: CatalogTarget, signal: AbortSignal): Promise<CatalogConnection>;
}

export interface ProbeTarget {
  readonly host: string;
  readonly port: number;
}

/** Looks from outside, bounded in time, never with a login. Everything throws CollectError when there is no answer. */
export interface Prober {
  plaintext(target: ProbeTarget, signal: AbortSignal): Promise<PlaintextProbe>;
  legacyTls(target: ProbeTarget, protocol: LegacyTlsProbe["protocol"], signal: AbortSignal): Promise<LegacyTlsProbe>;
  tls(target: ProbeTarget, signal: AbortSignal): Promise<TlsProbe>;
  dns(host: string, signal: AbortSignal): Promise<readonly DnsProbe[]>;
  /** A closed port is an answer and no error. */
  reachability(target: ProbeTarget, signal: AbortSignal): Promise<ReachabilityProbe>;
}

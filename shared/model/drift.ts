import type { DatabaseSectionName, SectionName } from "./section.ts";
import type { Severity } from "./server.ts";

/**
 * One part of the canonical snapshot. Values are plain JSON with sorted keys and without anything volatile;
 * `items` maps a stable key (`role/app_rw`, `firewallRule/office`) to its value.
 */
export interface SnapshotPart {
  readonly state: "collected" | "unavailable";
  /** Empty when unavailable. */
  readonly items: Readonly<Record<string, unknown>>;
}

export type SnapshotPartName = Extract<
  SectionName,
  | "server"
  | "firewallRules"
  | "parameters"
  | "entraAdministrators"
  | "privateEndpointConnections"
  | "threatProtection"
  | "diagnosticSettings"
  | "replicas"
  | "delegatedNetwork"
  | "privateDnsZone"
  | "settings"
  | "roles"
  | "passwordTypes"
  | "memberships"
  | "roleSettings"
  | "databases"
  | "sharedAcls"
  | "subscriptions"
>;

/** Names of columns are schema, not privilege: they stay out. */
export type DatabasePartName = Exclude<DatabaseSectionName, "sensitiveColumns">;

export type DatabaseParts = Readonly<Record<DatabasePartName, SnapshotPart>>;

/** What explains a difference and is none: kept beside the parts, in no digest. */
export interface SnapshotEvidence {
  /** Major version of PostgreSQL, as the catalogs or ARM say; null when neither was read. */
  readonly majorVersion: number | null;
  /** Role OIDs are comparable within one system identifier only. */
  readonly systemIdentifier: string | null;
  /** By role name: the same name with another OID is another role. */
  readonly roleOids: Readonly<Record<string, number>>;
  readonly membershipGrantors: MembershipGrantors;
  /** By database and ACL group, then by grantee: who granted, where it was not the owner. */
  readonly aclGrantors: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  /**
   * By database and item, the protected tables that a definer function names; without the functions that name none. It
   * follows from bodies and tables, and decides whether a function leads past row security. Absent from snapshots of
   * earlier releases.
   */
  readonly mentions?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

/** Who granted memberships: mostly it is one role. */
export interface MembershipGrantors {
  /** Who granted alone whatever is not among the others; null without memberships. */
  readonly usual: string | null;
  /** By membership (`membership/role/member`): grantors, each with the options it gave: `alice=A,azuresu=IS`. */
  readonly others: Readonly<Record<string, string>>;
}

/** The canonical stored form of a posture: no time, no order, no OIDs. */
export interface Snapshot {
  readonly schema: "pgwarden.snapshot/2";
  readonly serverId: string;
  readonly parts: Readonly<Record<SnapshotPartName, SnapshotPart>>;
  /** By name: every database in scope; one that could not be read has its parts unavailable. */
  readonly databases: Readonly<Record<string, DatabaseParts>>;
  readonly volatile: SnapshotEvidence;
}

export type Comparison = "baseline" | "previous";

/** One cause of change with its effects. */
export interface Drift {
  /** SHA-256 hex of server, comparison and cause key: stable over runs while the drift stays. */
  readonly driftId: string;
  readonly comparison: Comparison;
  /** `recreated`: a role that was dropped and made again under the same name. */
  readonly change: "added" | "removed" | "changed" | "recreated";
  /** Whether someone can do more now, or less; `changed` is neither, or both. */
  readonly direction: "gained" | "lost" | "changed";
  /** The database it happened in; null for the server. */
  readonly database: string | null;
  /** `membership/azure_pg_admin/app_rw`, `rowPolicy/shop/app/accounts/by_tenant` … */
  readonly cause: string;
  readonly severity: Severity;
  /** A sentence: what changed, from what to what, and what it now allows. */
  readonly message: string;
  /** Plain JSON, null when absent on that side. */
  readonly before: unknown;
  readonly after: unknown;
  readonly effectCount: number;
  /** At most 20. */
  readonly effects: readonly string[];
  /** Login principals that can do something now which they could not before. */
  readonly gainedCount: number;
  /** At most 20 of them, sorted. */
  readonly gainedPrincipals: readonly string[];
}

/** A part of which no drift can be told, because the two sides could not be compared. */
export interface UncomparedPart {
  readonly part: SnapshotPartName | DatabasePartName;
  /** Null for what is the server's. */
  readonly database: string | null;
  /** Why, as a clause: `it was not read when the baseline was approved`. */
  readonly why: string;
}

/** What is known of drift from a baseline that is in force. */
export interface BaselineDrift {
  readonly drifts: readonly Drift[];
  readonly uncompared: readonly UncomparedPart[];
}

export type LedgerState = "new" | "unchanged" | "updated" | "absent";

/** One line of a server's findings ledger: an open or resolved fail, unknown or waived finding. */
export interface LedgerEntry {
  readonly fingerprint: string;
  readonly controlId: string;
  readonly subject: string;
  readonly outcome: "fail" | "unknown" | "waived";
  readonly severity: Severity;
  readonly message: string;
  readonly firstSeen: string;
  readonly changedAt: string;
  /** Null while open. */
  readonly resolvedAt: string | null;
}

/** The snapshot someone approved. */
export interface Baseline {
  readonly serverId: string;
  readonly digest: string;
  readonly approvedBy: string;
  readonly approvedAt: string;
  readonly reason: string;
  /** ISO 8601, or null: until replaced. */
  readonly expires: string | null;
  readonly snapshot: Snapshot;
}

/** A baseline over an earlier version of snapshots: who approved what stays readable, but it is not in force. */
export interface OutdatedBaseline extends Omit<Baseline, "snapshot"> {
  readonly snapshot: null;
  /** A sentence: why it is not in force, and what to do. */
  readonly outdated: string;
}

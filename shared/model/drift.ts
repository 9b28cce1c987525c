import type { SectionName } from "./section.ts";
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
>;

/** The canonical stored form of a posture: no time, no order, no OIDs. */
export interface Snapshot {
  readonly schema: "pgwarden.snapshot/1";
  readonly serverId: string;
  readonly parts: Readonly<Record<SnapshotPartName, SnapshotPart>>;
}

export type Comparison = "baseline" | "previous";

/** One cause of change with its effects. */
export interface Drift {
  /** SHA-256 hex of server, comparison and cause key: stable over runs while the drift stays. */
  readonly driftId: string;
  readonly comparison: Comparison;
  readonly change: "added" | "removed" | "changed";
  /** `membership/azure_pg_admin/app_rw`, `parameter/require_secure_transport` … */
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

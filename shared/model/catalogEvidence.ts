/** Who asked, what that login may see, and where (roles.md §1.2). */
export interface CatalogContext {
  readonly versionNum: number;
  readonly database: string;
  readonly currentUser: string;
  readonly sessionUser: string;
  readonly inRecovery: boolean;
  /** Survives failover, shared by replicas and clones: evidence, not identity. */
  readonly systemIdentifier: string;
  readonly seesSettings: boolean;
  readonly seesStats: boolean;
  readonly seesHba: boolean;
  readonly maxConnections: number;
  /** The address that the server sees us come from; null over a local socket. */
  readonly clientAddress: string | null;
  /** Databases that this login may connect to. */
  readonly connectable: readonly string[];
}

export interface Setting {
  readonly name: string;
  /** `reset_val`, never the value of our own session. */
  readonly value: string;
  readonly unit: string | null;
  readonly source: string;
  readonly context: string;
  readonly pendingRestart: boolean;
}

/** What the security labels of provider `pgaadauth` say; the object id is the stable identity. */
export interface EntraMapping {
  readonly objectId: string;
  readonly type: "user" | "group" | "service" | "unknown";
  readonly admin: boolean;
  readonly mfa: boolean;
}

export interface Role {
  readonly name: string;
  /** Tells a role that was dropped and made again from the one before; evidence, never identity. */
  readonly oid: number;
  readonly superuser: boolean;
  readonly inherit: boolean;
  readonly createRole: boolean;
  readonly createDb: boolean;
  readonly canLogIn: boolean;
  readonly replication: boolean;
  readonly bypassRls: boolean;
  /** Null is unlimited. */
  readonly connectionLimit: number | null;
  /** ISO 8601 in UTC, `infinity`, or null when never set. */
  readonly validUntil: string | null;
  readonly comment: string | null;
  /** `provider=label`, sorted. */
  readonly labels: readonly string[];
  readonly entra: EntraMapping | null;
}

/** From `azure_roles_authtype()`. */
export interface PasswordType {
  readonly role: string;
  readonly type: "none" | "md5" | "scram-sha-256";
}

/** One membership edge. Before PostgreSQL 16 the member's INHERIT attribute decides and SET is always true. */
export interface Membership {
  readonly role: string;
  readonly member: string;
  readonly grantor: string;
  readonly admin: boolean;
  readonly inherit: boolean;
  readonly set: boolean;
}

export interface RoleSetting {
  /** Null applies to every role. */
  readonly role: string | null;
  /** Null applies to every database. */
  readonly database: string | null;
  readonly name: string;
  readonly value: string;
}

/** Client sessions that look alike. */
export interface Session {
  readonly database: string | null;
  readonly role: string | null;
  readonly backendType: string | null;
  readonly applicationName: string;
  readonly tls: boolean;
  readonly protocol: string | null;
  readonly cipher: string | null;
  readonly bits: number | null;
  /** The client's /24 or /64; null for a local socket. */
  readonly network: string | null;
  readonly count: number;
}

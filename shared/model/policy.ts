/** A range of addresses that someone approved, as CIDR. */
export interface ApprovedRange {
  readonly name: string;
  readonly range: string;
}

/** A row that a role must not see, and how to look for it. */
export interface Canary {
  readonly name: string;
  /** Lower-case name of the server that has it; absent: every server. */
  readonly server?: string;
  readonly database: string;
  /** `schema.table`; what stands before the first dot is the schema. */
  readonly table: string;
  readonly role: string;
  /** Column → value as text; empty: no row of the table may be seen. */
  readonly where: Readonly<Record<string, string>>;
  /** Custom settings (`app.tenant`) that the policies read, as the application would set them. */
  readonly settings: Readonly<Record<string, string>>;
  /** Who must see the row, which proves that it is there; null: nobody is asked. */
  readonly witness: { readonly role: string; readonly settings: Readonly<Record<string, string>> } | null;
}

export interface RotationExemption {
  readonly role: string;
  /** Lower-case name of its server; absent: every server. */
  readonly server?: string;
  readonly reason: string;
  /** ISO date; it ends when this day begins (UTC). */
  readonly expires: string;
}

/** Our parameters for controls. Every default is documented in `shared/config/configSchema.ts`. */
export interface Policy {
  readonly tls: {
    readonly minimum: "TLSv1.2" | "TLSv1.3";
    readonly certificateDaysLeft: number;
    /** SHA-256 fingerprints (lower-case hex) of roots that servers may chain to. */
    readonly trustedRoots: readonly string[];
  };
  readonly firewall: {
    /** Empty: no list was approved, and `net-fw-approved` is not applicable. */
    readonly approved: readonly ApprovedRange[];
    readonly maxAddressesPerRule: number;
    readonly maxAddresses: number;
    readonly maxRules: number;
    readonly adHocDays: number;
  };
  readonly network: {
    /** Sources (CIDR or service tags) that may reach 5432 and 6432 of a delegated subnet. */
    readonly approvedSources: readonly string[];
    /** Subscriptions whose private endpoints are expected; empty: the server's own. */
    readonly privateEndpointSubscriptions: readonly string[];
  };
  readonly entra: {
    /** Null: not configured. */
    readonly tenantId: string | null;
    /** True: password authentication must be off. */
    readonly only: boolean;
    /** Object ids of users who may be Entra administrators (break glass). */
    readonly breakGlass: readonly string[];
  };
  readonly authentication: {
    readonly timeoutSeconds: number;
  };
  readonly roles: {
    /** Logins of applications; empty: every login that is no administrator and no platform role. */
    readonly applicationRoles: readonly string[];
    /** True: owners of objects must not log in. */
    readonly ownerSplit: boolean;
    /** Login roles that may reach azure_pg_admin, beside the server's administrator login. */
    readonly approvedAdministrators: readonly string[];
    readonly maxAdministrators: number;
    readonly approvedCreateRole: readonly string[];
    readonly approvedCreateDb: readonly string[];
    readonly approvedReplication: readonly string[];
    readonly approvedBypassRls: readonly string[];
    /** `role/member` pairs that may hold ADMIN OPTION. */
    readonly approvedAdminOption: readonly string[];
    /** `role/member` pairs of risky predefined roles. */
    readonly approvedPredefined: readonly string[];
    /** Logins that need no connection limit. */
    readonly unlimitedConnections: readonly string[];
    readonly guessableNames: readonly string[];
    /** Days without a login after which a login role counts as unused. */
    readonly unusedDays: number;
    /** Application names that may connect as an administrator. */
    readonly administratorApplications: readonly string[];
    /** Client networks (CIDR) that may connect as an administrator. */
    readonly administratorNetworks: readonly string[];
  };
  readonly privileges: {
    /** `database/schema/object/grantee` patterns are not supported: grantees who may hold GRANT OPTION. */
    readonly approvedGrantOption: readonly string[];
    /** What an application role may do: `ro` reads, `rw` reads and writes rows, `owner` everything. */
    readonly roleProfiles: readonly { readonly role: string; readonly profile: "ro" | "rw" | "owner" }[];
    readonly approvedDatabaseOwners: readonly string[];
    /** `parameter/grantee` pairs. */
    readonly approvedParameterGrants: readonly string[];
    readonly approvedEventTriggers: readonly string[];
    /** Regular expressions over column names, without case; empty: not judged. */
    readonly sensitiveColumns: readonly string[];
    readonly sensitiveColumnReaders: readonly string[];
  };
  readonly rowSecurity: {
    /** `schema.table` patterns with `*`, of tables that must have row security; empty: not judged. */
    readonly requiredTables: readonly string[];
    /** `database/schema.table` of tables that are meant to deny everything. */
    readonly denyAllTables: readonly string[];
    /** Whether a permissive SELECT policy may be always true. */
    readonly allowOpenSelect: boolean;
    /** `database/schema.table/policy` of policies that may name PUBLIC. */
    readonly publicPolicies: readonly string[];
    /** `database/schema.view` of materialised views and foreign tables that may copy protected rows. */
    readonly approvedCopies: readonly string[];
    /** Empty: row security is not tried. */
    readonly canaries: readonly Canary[];
  };
  readonly code: {
    /** Values that `azure.extensions` may list; empty: not judged. */
    readonly allowedExtensions: readonly string[];
    readonly approvedExtensions: readonly string[];
    /** Empty: not judged. */
    readonly preloadLibraries: readonly string[];
    readonly approvedForeignHosts: readonly string[];
    readonly approvedCredentialReaders: readonly string[];
    readonly cryptoRequired: boolean;
  };
  readonly replication: {
    readonly logicalApproved: boolean;
    readonly approvedSlots: readonly string[];
    readonly maxRetainedMegabytes: number;
    readonly approvedPublications: readonly string[];
    readonly approvedSubscriptions: readonly string[];
  };
  readonly rotation: {
    readonly maxAgeDays: number;
    /** Of the server administrator's password. */
    readonly administratorMaxAgeDays: number;
    readonly expiryGraceDays: number;
    readonly validUntilGraceDays: number;
    readonly maxValidDays: number;
    readonly openMinutes: number;
    /** Logins with a password that nobody rotates. */
    readonly exemptions: readonly RotationExemption[];
  };
}

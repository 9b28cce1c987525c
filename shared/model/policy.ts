/** A range of addresses that someone approved, as CIDR. */
export interface ApprovedRange {
  readonly name: string;
  readonly range: string;
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
    /** Application names that may connect as an administrator. */
    readonly administratorApplications: readonly string[];
    /** Client networks (CIDR) that may connect as an administrator. */
    readonly administratorNetworks: readonly string[];
  };
}

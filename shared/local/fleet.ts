import type { IdentityState, NetworkState, ServerState, SubscriptionState } from "./emulator/azureState.ts";

/** What a local Azure starts with; plain data. */
export interface Fleet {
  readonly tenantId: string;
  readonly subscriptions: readonly SubscriptionState[];
  /** The first one is pgwarden's own. */
  readonly identities: readonly [IdentityState, ...IdentityState[]];
  /** Who rotates; also the role on every server that maps it. */
  readonly rotator?: IdentityState;
  /** Who changes administrators' passwords over ARM. */
  readonly adminRotator?: IdentityState;
  readonly network: NetworkState;
  readonly servers: readonly FleetServer[];
  /** The `policy` of pgwarden.yaml. */
  readonly policy: Readonly<Record<string, unknown>>;
  /** The `credentials` of pgwarden.yaml; their vault is the local Azure's. */
  readonly credentials?: readonly FleetCredential[];
  /** Applications that read published secrets; their identities hold no other right. */
  readonly consumers?: readonly FleetConsumer[];
}

export interface FleetConsumer {
  readonly identity: IdentityState;
  /** Names of the secrets that it reads. */
  readonly secrets: readonly string[];
}

export interface FleetCredential {
  readonly name: string;
  readonly server: string;
  readonly secret: { readonly name: string };
  /** Every other key of an entry of `credentials`. */
  readonly [key: string]: unknown;
}

export interface FleetServer {
  /** Everything that ARM says of it; its version and parameters are those of the running server. */
  readonly arm: ServerState;
  /** What DNS answers for its name. */
  readonly addresses: readonly string[];
  readonly entraRoles: readonly EntraRole[];
  /** Run in this order as the administrator; one statement or several each. */
  readonly statements: readonly { readonly database: string; readonly sql: string }[];
  /** Logins on record in the workspace that the log goes to, beside the service's own; none without an export. */
  readonly lastLogins: readonly { readonly role: string; readonly daysAgo: number }[];
  /** Applications that stay connected as the administrator. */
  readonly sessions: readonly { readonly database: string; readonly applicationName: string }[];
}

export function majorOf({ arm }: Pick<FleetServer, "arm">): number {
  return Number(arm.body.properties.version);
}

/** A role that is mapped to an Entra principal, as `pgaadauth_create_principal_with_oid` leaves it. */
export interface EntraRole {
  readonly name: string;
  readonly objectId: string;
  readonly type: "user" | "group" | "service";
  /** Member of azure_pg_admin with CREATEROLE and CREATEDB. */
  readonly admin: boolean;
  /** CREATEROLE, and CREATE on the database `postgres` for the rotation ledger. */
  readonly rotates?: boolean;
  readonly connectionLimit?: number;
  /** Predefined roles that it is a member of. */
  readonly memberOf: readonly string[];
}

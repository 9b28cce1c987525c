import { unavailable } from "../shared/collect/section.ts";
import type { DelegatedNetwork, Parameter, ServerFacts } from "../shared/model/armEvidence.ts";
import type { CatalogContext, Membership, Role, Session } from "../shared/model/catalogEvidence.ts";
import type {
  CredentialLogin,
  KeyVault,
  ManagedCredential,
  PublishedEvidence,
} from "../shared/model/credentialEvidence.ts";
import type { AclGroup, DatabaseFacts, Grant, ProtectedTable, RowPolicy } from "../shared/model/databaseEvidence.ts";
import type { Policy } from "../shared/model/policy.ts";
import type { DatabasePosture, Posture } from "../shared/model/posture.ts";
import type { TlsProbe } from "../shared/model/probeEvidence.ts";
import type { DatabaseSections, Sections } from "../shared/model/section.ts";
import type { ServerRef } from "../shared/model/server.ts";

export const subscriptionId = "11111111-2222-3333-4444-555555555555";
export const tenantId = "99999999-8888-7777-6666-555555555555";
export const takenAt = "2026-11-22T06:00:00.000Z";

export function serverRef(override: Partial<ServerRef> = {}): ServerRef {
  const name = override.name ?? "orders";
  return {
    id: `/subscriptions/${subscriptionId}/resourcegroups/shop/providers/microsoft.dbforpostgresql/flexibleservers/${name}`,
    name,
    subscriptionId,
    resourceGroup: "shop",
    location: "westeurope",
    tags: {},
    ...override,
  };
}

/** A server that fails nothing: Entra and password on, private model, customer's own choices left open. */
export function serverFacts(override: Partial<ServerFacts> = {}): ServerFacts {
  return {
    id: serverRef().id,
    name: "orders",
    location: "westeurope",
    version: "17",
    minorVersion: "5",
    state: "Ready",
    fqdn: "orders.postgres.database.azure.com",
    administratorLogin: "pgadmin",
    skuName: "Standard_D4ds_v5",
    skuTier: "GeneralPurpose",
    entraAuthentication: "Enabled",
    passwordAuthentication: "Enabled",
    tenantId,
    publicNetworkAccess: "Enabled",
    delegatedSubnetId: null,
    privateDnsZoneId: null,
    encryptionType: "SystemManaged",
    encryptionKeyUri: null,
    encryptionKeyStatus: null,
    backupRetentionDays: 7,
    geoRedundantBackup: "Disabled",
    highAvailabilityMode: "Disabled",
    replicationRole: "Primary",
    sourceServerId: null,
    tags: {},
    ...override,
  };
}

export function parameter(name: string, value: string, override: Partial<Parameter> = {}): Parameter {
  return {
    name,
    value,
    defaultValue: null,
    dataType: "Enumeration",
    allowedValues: null,
    source: "user-override",
    dynamic: true,
    readOnly: false,
    pendingRestart: false,
    unit: null,
    ...override,
  };
}

export function role(name: string, override: Partial<Role> = {}): Role {
  return {
    name,
    oid: 0,
    superuser: false,
    inherit: true,
    createRole: false,
    createDb: false,
    canLogIn: false,
    replication: false,
    bypassRls: false,
    connectionLimit: null,
    validUntil: null,
    comment: null,
    labels: [],
    entra: null,
    ...override,
  };
}

export function membership(role: string, member: string, override: Partial<Membership> = {}): Membership {
  return { role, member, grantor: "azuresu", admin: false, inherit: true, set: true, ...override };
}

export function session(override: Partial<Session> = {}): Session {
  return {
    database: "app",
    role: "app_rw",
    backendType: "client backend",
    applicationName: "orders-api",
    tls: true,
    protocol: "TLSv1.3",
    cipher: "TLS_AES_256_GCM_SHA384",
    bits: 256,
    network: "10.1.2.0/24",
    count: 1,
    ...override,
  };
}

export function catalogContext(override: Partial<CatalogContext> = {}): CatalogContext {
  return {
    versionNum: 170010,
    database: "postgres",
    currentUser: "pgwarden-reader",
    sessionUser: "pgwarden-reader",
    inRecovery: false,
    systemIdentifier: "7700000000000000000",
    seesSettings: true,
    seesStats: true,
    seesHba: false,
    maxConnections: 859,
    clientAddress: "203.0.113.9",
    connectable: ["postgres"],
    ...override,
  };
}

/** Rotated ten days ago by pgwarden, as a tick five minutes ago saw it. */
export function publishedEvidence(override: Partial<PublishedEvidence> = {}): PublishedEvidence {
  const rotationId = "019aa000-0000-7000-8000-000000000007";
  return {
    version: "v7",
    user: "app",
    key: { generation: 7, rotationId },
    createdAt: "2026-11-12T06:00:00.000Z",
    expiresAt: "2027-02-20T06:00:00.000Z",
    tags: { server: "orders", user: "app", rotatedAt: "2026-11-12T06:00:00.000Z", rotationId },
    suspectTags: [],
    ...override,
  };
}

/** A credential in good order: one role that has just been rotated and waits for its next turn. */
export function managedCredential(
  override: Partial<ManagedCredential> = {},
  seen: Partial<NonNullable<ManagedCredential["seen"]>> = {},
): ManagedCredential {
  const name = override.name ?? "orders-app";
  const published = publishedEvidence();
  return {
    name,
    strategy: "single",
    roles: ["app"],
    owner: null,
    database: "app",
    enabled: true,
    published: { vault: "https://shop.vault.azure.net", name },
    pending: { vault: "https://shop.vault.azure.net", name: `${name}--next` },
    nextDueAt: "2027-02-10T06:00:00.000Z",
    seen: {
      at: "2026-11-22T05:55:00.000Z",
      secret: "present",
      published,
      intents: [],
      strangeVersions: [],
      ledger: {
        generation: 7,
        rotationId: "019aa000-0000-7000-8000-000000000007",
        role: published.user ?? "",
        appliedAt: "2026-11-12T05:59:59.000Z",
      },
      ...seen,
    },
    notes: [],
    ...override,
  };
}

/** A login with what consumers read, proved five minutes ago. */
export function credentialLogin(override: Partial<CredentialLogin> = {}): CredentialLogin {
  return {
    credential: "orders-app",
    secret: "published",
    version: "v7",
    outcome: "accepted",
    detail: null,
    at: "2026-11-22T05:55:00.000Z",
    ...override,
  };
}

/** A vault that passes: rights by RBAC, nothing can be purged, closed to the internet, every access logged. */
export function keyVault(override: Partial<KeyVault> = {}): KeyVault {
  return {
    uri: "https://shop.vault.azure.net",
    id: `/subscriptions/${subscriptionId}/resourcegroups/shop/providers/microsoft.keyvault/vaults/shop`,
    rbacAuthorization: true,
    softDelete: true,
    purgeProtection: true,
    publicNetworkAccess: "Disabled",
    defaultAction: null,
    diagnosticSettings: [
      {
        name: "to-workspace",
        workspaceId: "/subscriptions/w/resourcegroups/w/providers/microsoft.operationalinsights/workspaces/w",
        storageAccountId: null,
        eventHubName: null,
        categories: [{ category: "AuditEvent", enabled: true }],
      },
    ],
    ...override,
  };
}

export function delegatedNetwork(override: Partial<DelegatedNetwork> = {}): DelegatedNetwork {
  const network = `/subscriptions/${subscriptionId}/resourcegroups/net/providers/microsoft.network`;
  return {
    subnetId: `${network}/virtualnetworks/hub/subnets/db`,
    addressPrefixes: ["10.1.0.0/24"],
    delegations: ["Microsoft.DBforPostgreSQL/flexibleServers"],
    securityGroupId: `${network}/networksecuritygroups/db`,
    securityRules: [],
    ...override,
  };
}

export function tlsProbe(override: Partial<TlsProbe> = {}): TlsProbe {
  return {
    port: 5432,
    protocol: "TLSv1.3",
    cipher: "TLS_AES_256_GCM_SHA384",
    keyExchange: "ECDH",
    nameMatches: true,
    trusted: true,
    trustError: null,
    chain: [],
    ...override,
  };
}

const none = unavailable("absent", "not given by this test");

/** Everything unavailable but a collected `server`, then what the test gives. */
export function sections(override: Partial<Sections> = {}): Sections {
  return {
    server: { state: "collected", items: [serverFacts()] },
    firewallRules: none,
    parameters: none,
    entraAdministrators: none,
    privateEndpointConnections: none,
    threatProtection: none,
    diagnosticSettings: none,
    backups: none,
    replicas: none,
    delegatedNetwork: none,
    privateDnsZone: none,
    credentials: none,
    credentialLogins: none,
    vaults: none,
    loginHistory: none,
    context: none,
    settings: none,
    roles: none,
    passwordTypes: none,
    memberships: none,
    roleSettings: none,
    sessions: none,
    databases: none,
    sharedAcls: none,
    subscriptions: none,
    replicationSlots: none,
    canaries: none,
    plaintextProbes: none,
    legacyTlsProbes: none,
    tlsProbes: none,
    dnsProbes: none,
    reachabilityProbes: none,
    ...override,
  };
}

export function posture(
  override: Partial<Sections> = {},
  server: ServerRef = serverRef(),
  databases: readonly DatabasePosture[] = [],
): Posture {
  return { server, takenAt, sections: sections(override), databases };
}

/** A database with what the test gives; everything else is unavailable. */
export function database(name: string, override: Partial<DatabaseSections> = {}): DatabasePosture {
  return {
    name,
    sections: {
      acls: none,
      defaultPrivileges: none,
      protectedTables: none,
      rowPolicies: none,
      partitions: none,
      definerFunctions: none,
      protectedViews: none,
      extensions: none,
      eventTriggers: none,
      publications: none,
      userMappings: none,
      foreignServers: none,
      languages: none,
      notableFunctions: none,
      sensitiveColumns: none,
      cronJobs: none,
      ...override,
    },
  };
}

export function databaseFacts(name: string, override: Partial<DatabaseFacts> = {}): DatabaseFacts {
  return {
    name,
    owner: "app_owner",
    allowsConnections: true,
    template: false,
    connectable: true,
    excluded: false,
    ...override,
  };
}

export function aclGroup(override: Partial<AclGroup> = {}): AclGroup {
  return {
    kind: "table",
    schema: "app",
    owner: "app_owner",
    ownerFull: true,
    grants: [],
    objects: ["orders"],
    ...override,
  };
}

export function grant(grantee: string | null, privileges: string, override: Partial<Grant> = {}): Grant {
  return { grantee, privileges, grantors: ["app_owner"], ...override };
}

export function protectedTable(override: Partial<ProtectedTable> = {}): ProtectedTable {
  return {
    schema: "app",
    table: "accounts",
    owner: "app_owner",
    enabled: true,
    forced: true,
    policyCount: 1,
    partitioned: false,
    ...override,
  };
}

export function rowPolicy(override: Partial<RowPolicy> = {}): RowPolicy {
  return {
    schema: "app",
    table: "accounts",
    name: "by_tenant",
    command: "ALL",
    permissive: true,
    roles: ["app_rw"],
    using: "(tenant = (CURRENT_USER)::text)",
    check: null,
    notNull: [],
    ...override,
  };
}

type Overrides<T> = { readonly [K in keyof T]?: Partial<T[K]> };

/** The documented defaults of the policy, with a test's overrides per group. */
export function policy(override: Overrides<Policy> = {}): Policy {
  return {
    tls: { minimum: "TLSv1.2", certificateDaysLeft: 14, trustedRoots: [], ...override.tls },
    firewall: {
      approved: [],
      maxAddressesPerRule: 256,
      maxAddresses: 1024,
      maxRules: 10,
      adHocDays: 7,
      ...override.firewall,
    },
    network: { approvedSources: [], privateEndpointSubscriptions: [], ...override.network },
    entra: { tenantId: null, only: false, breakGlass: [], ...override.entra },
    authentication: { timeoutSeconds: 60, ...override.authentication },
    roles: {
      applicationRoles: [],
      ownerSplit: false,
      approvedAdministrators: [],
      maxAdministrators: 3,
      approvedCreateRole: [],
      approvedCreateDb: [],
      approvedReplication: [],
      approvedBypassRls: [],
      approvedAdminOption: [],
      approvedPredefined: [],
      unlimitedConnections: [],
      unusedDays: 90,
      guessableNames: ["postgres", "admin", "root", "test", "app", "user", "guest", "demo", "demouser"],
      administratorApplications: [],
      administratorNetworks: [],
      ...override.roles,
    },
    privileges: {
      approvedGrantOption: [],
      roleProfiles: [],
      approvedDatabaseOwners: [],
      approvedParameterGrants: [],
      approvedEventTriggers: [],
      sensitiveColumns: [],
      sensitiveColumnReaders: [],
      ...override.privileges,
    },
    rowSecurity: {
      requiredTables: [],
      denyAllTables: [],
      allowOpenSelect: false,
      publicPolicies: [],
      approvedCopies: [],
      canaries: [],
      ...override.rowSecurity,
    },
    code: {
      allowedExtensions: [],
      approvedExtensions: ["plpgsql"],
      preloadLibraries: [],
      approvedForeignHosts: [],
      approvedCredentialReaders: [],
      cryptoRequired: false,
      ...override.code,
    },
    replication: {
      logicalApproved: false,
      approvedSlots: [],
      maxRetainedMegabytes: 1024,
      approvedPublications: [],
      approvedSubscriptions: [],
      ...override.replication,
    },
    rotation: {
      maxAgeDays: 90,
      administratorMaxAgeDays: 30,
      expiryGraceDays: 3,
      validUntilGraceDays: 7,
      maxValidDays: 120,
      openMinutes: 15,
      exemptions: [],
      ...override.rotation,
    },
  };
}

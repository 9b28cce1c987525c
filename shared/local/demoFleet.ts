import { newPrivateDnsZoneLink, newSecurityGroup, newSubnet } from "./emulator/newNetwork.ts";
import {
  addDiagnosticSetting,
  addPrivateEndpoint,
  newServerBody,
  newServerState,
  type ServerInput,
} from "./emulator/newServerState.ts";
import type { EntraRole, Fleet, FleetServer } from "./fleet.ts";
import { adminRotator, rotator, rotatorRole } from "./rotationFleet.ts";

const tenantId = "99999999-8888-7777-6666-555555555555";
const subscriptionId = "11111111-2222-3333-4444-555555555555";
const resourceGroups = `/subscriptions/${subscriptionId}/resourceGroups`;
const workspaceId = `${resourceGroups}/watch/providers/Microsoft.OperationalInsights/workspaces/security`;

const scanner = {
  clientId: "0a5ca44e-0000-4000-8000-000000000001",
  objectId: "0a5ca44e-0000-4000-8000-000000000002",
  name: "pgwarden-scanner",
};

/** Whoever changes things behind pgwarden's back. */
const pipeline = {
  clientId: "de910000-0000-4000-8000-000000000001",
  objectId: "de910000-0000-4000-8000-000000000002",
  name: "deployment-pipeline",
};

/** The application of database shop, which reads its login from Key Vault. */
const shopApi = {
  clientId: "54070a91-0000-4000-8000-000000000001",
  objectId: "54070a91-0000-4000-8000-000000000002",
  name: "shop-api",
};

const scannerRole: EntraRole = {
  name: scanner.name,
  objectId: scanner.objectId,
  type: "service",
  admin: false,
  connectionLimit: 10,
  memberOf: ["pg_read_all_settings", "pg_read_all_stats"],
};

const common = { subscriptionId, tenantId, administratorLogin: "pgadmin" };

/** A login with a password that nobody knows; hashed by whatever `password_encryption` says. */
function login(name: string, attributes = ""): string {
  return `do $$ begin execute format('create role ${name} login ${attributes} password %L', gen_random_uuid()); end $$`;
}

/** Public endpoint, a history of short cuts. */
function orders(): FleetServer {
  return {
    arm: newServerState({
      ...common,
      resourceGroup: "shop",
      name: "orders",
      version: "17",
      minorVersion: "10",
      tags: { team: "checkout", environment: "production" },
      // The service's own default, from the time of MD5.
      parameters: { "azure.accepted_password_auth_method": "md5,scram-sha-256" },
      firewallRules: [
        {
          name: "AllowAllAzureServicesAndResourcesWithinAzureIps_2025-6-1_18-30-22",
          first: "0.0.0.0",
          last: "0.0.0.0",
        },
        { name: "office", first: "198.51.100.0", last: "198.51.100.15" },
      ],
    }),
    addresses: ["203.0.113.17"],
    entraRoles: [scannerRole, { ...rotatorRole, connectionLimit: 10 }],
    statements: [
      { database: "postgres", sql: "create database shop" },
      { database: "postgres", sql: login("demouser") },
      { database: "postgres", sql: login("app_rw", "connection limit 20") },
      // An application's login that may become its operators' role, by SET ROLE only.
      { database: "postgres", sql: "create role ops; grant ops to app_rw with inherit false, set true" },
      { database: "postgres", sql: `set password_encryption = 'md5'; ${login("legacy_report")}` },
      { database: "postgres", sql: "create role managers; grant managers to demouser" },
      {
        database: "shop",
        sql: `create table accounts (manager text, company text, contact_email text);
              alter table accounts enable row level security;
              create policy account_managers on accounts to managers using (manager = current_user);
              grant select, update on accounts to managers`,
      },
    ],
    lastLogins: [],
    sessions: [{ database: "shop", applicationName: "billing-api" }],
  };
}

const networkId = `${resourceGroups}/finance/providers/Microsoft.Network/virtualNetworks/finance`;
const subnetId = `${networkId}/subnets/postgres`;
const securityGroupId = `${resourceGroups}/finance/providers/Microsoft.Network/networkSecurityGroups/postgres`;
const zoneId = `${resourceGroups}/finance/providers/Microsoft.Network/privateDnsZones/ledger.private.postgres.database.azure.com`;

/** VNet-integrated; the security group lets every private network reach the port. */
function ledger(): FleetServer {
  const arm = newServerState({
    ...common,
    resourceGroup: "finance",
    name: "ledger",
    version: "16",
    minorVersion: "14",
    tags: { team: "finance", environment: "production" },
    network: { delegatedSubnetResourceId: subnetId, privateDnsZoneArmResourceId: zoneId },
    parameters: { "azure.accepted_password_auth_method": "scram-sha-256", ssl_min_protocol_version: "TLSv1.3" },
    threatProtection: "Enabled",
  });
  addDiagnosticSetting(arm, "to-workspace", workspaceId, ["PostgreSQLLogs", "PostgreSQLFlexSessions"]);
  return {
    arm,
    addresses: ["10.20.1.4"],
    entraRoles: [scannerRole],
    statements: [
      { database: "postgres", sql: "create database ledger" },
      { database: "postgres", sql: login("ledger_app", "connection limit 20") },
    ],
    // Nobody has needed the administrator for more than three months.
    lastLogins: [
      { role: scanner.name, daysAgo: 0 },
      { role: "ledger_app", daysAgo: 0 },
      { role: "pgadmin", daysAgo: 97 },
    ],
    sessions: [],
  };
}

/** Private endpoint only, administered by an Entra group, with a read replica. */
function crm(): FleetServer {
  const group = { objectId: "c0ffee00-0000-4000-8000-000000000001", name: "crm-administrators" };
  const input: ServerInput = {
    ...common,
    resourceGroup: "sales",
    name: "crm",
    version: "17",
    minorVersion: "10",
    tags: { team: "sales", environment: "production" },
    network: { publicNetworkAccess: "Disabled" },
    parameters: { "azure.accepted_password_auth_method": "scram-sha-256" },
    administrators: [{ objectId: group.objectId, principalName: group.name, principalType: "Group" }],
    threatProtection: "Enabled",
  };
  const arm = newServerState(input);
  addPrivateEndpoint(arm, `${resourceGroups}/sales/providers/Microsoft.Network/privateEndpoints/crm`);
  addDiagnosticSetting(arm, "to-workspace", workspaceId, ["PostgreSQLLogs", "PostgreSQLFlexSessions"]);
  arm.replicas.push(
    newServerBody({ ...input, name: "crm-replica", location: "northeurope", sourceServerId: arm.body.id }),
  );
  return {
    arm,
    addresses: ["10.30.0.5"],
    entraRoles: [scannerRole, { ...group, type: "group", admin: true, memberOf: [] }],
    statements: [
      { database: "postgres", sql: "create database crm" },
      { database: "postgres", sql: login("crm_app", "connection limit 20") },
    ],
    lastLogins: [
      { role: scanner.name, daysAgo: 0 },
      { role: "crm_app", daysAgo: 0 },
      { role: group.name, daysAgo: 3 },
      { role: "pgadmin", daysAgo: 41 },
    ],
    sessions: [],
  };
}

/** Three servers, two majors, one of each network model. */
export const demoFleet: Fleet = {
  tenantId,
  subscriptions: [{ subscriptionId, displayName: "Production", managementGroups: ["contoso"] }],
  identities: [scanner, pipeline],
  rotator,
  adminRotator,
  network: {
    subnets: [newSubnet(subnetId, "10.20.1.0/24", securityGroupId)],
    securityGroups: [
      newSecurityGroup(securityGroupId, [
        {
          name: "AllowPostgresFromPrivateNetworks",
          direction: "Inbound",
          access: "Allow",
          priority: 200,
          protocol: "Tcp",
          source: "10.0.0.0/8",
          destinationPort: "5432",
        },
      ]),
    ],
    privateDnsZones: [zoneId],
    privateDnsZoneLinks: [newPrivateDnsZoneLink(zoneId, "finance", networkId)],
  },
  servers: [orders(), ledger(), crm()],
  policy: {
    firewall: { approved: [{ name: "office", range: "198.51.100.0/28" }] },
    entra: { tenantId },
    roles: { approvedCreateRole: [rotator.name] },
  },
  credentials: [
    {
      name: "shop",
      server: "orders",
      database: "shop",
      strategy: "alternating",
      owner: "shop_owner",
      roles: ["shop_a", "shop_b"],
      // Days in earnest: here the second rotation follows the first within seconds.
      overlap: "0m",
      secret: { name: "orders-shop" },
    },
    { name: "orders-admin", server: "orders", strategy: "admin", secret: { name: "orders-admin" } },
  ],
  consumers: [{ identity: shopApi, secrets: ["orders-shop"] }],
};

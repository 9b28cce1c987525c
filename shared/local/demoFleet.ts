import { delegatedSubnet, privateDnsZoneLink, securityGroup } from "./armNetwork.ts";
import { armServer, serverBody, serverId, type ArmServerFacts } from "./armServer.ts";
import type { EntraRole, Fleet, FleetServer } from "./fleet.ts";

const tenantId = "99999999-8888-7777-6666-555555555555";
const subscriptionId = "11111111-2222-3333-4444-555555555555";
const location = "westeurope";
const administratorLogin = "pgadmin";
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

const scannerRole: EntraRole = {
  name: scanner.name,
  objectId: scanner.objectId,
  type: "service",
  admin: false,
  memberOf: ["pg_read_all_settings", "pg_read_all_stats"],
};

/** A login with a password that nobody knows; hashed by whatever `password_encryption` says. */
function login(name: string, attributes = ""): string {
  return `do $$ begin execute format('create role ${name} login ${attributes} password %L', gen_random_uuid()); end $$`;
}

const common = { subscriptionId, location, tenantId, administratorLogin };

/** Public endpoint, a history of short cuts. */
function orders(): FleetServer {
  const facts: ArmServerFacts = {
    ...common,
    resourceGroup: "shop",
    name: "orders",
    major: 17,
    network: { publicNetworkAccess: "Enabled" },
    tags: { team: "checkout", environment: "production" },
    threatProtection: "Disabled",
    firewallRules: [
      { name: "AllowAllAzureServicesAndResourcesWithinAzureIps_2025-6-1_18-30-22", first: "0.0.0.0", last: "0.0.0.0" },
      { name: "office", first: "198.51.100.0", last: "198.51.100.15" },
    ],
  };
  return {
    major: facts.major,
    arm: armServer(facts),
    parameters: { "azure.accepted_password_auth_method": "md5,scram-sha-256" },
    addresses: ["203.0.113.17"],
    entraRoles: [scannerRole],
    statements: [
      { database: "postgres", sql: "create database shop" },
      { database: "postgres", sql: login("demouser") },
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
    sessions: [{ database: "shop", applicationName: "billing-api" }],
  };
}

const networkId = `${resourceGroups}/finance/providers/Microsoft.Network/virtualNetworks/finance`;
const subnetId = `${networkId}/subnets/postgres`;
const securityGroupId = `${resourceGroups}/finance/providers/Microsoft.Network/networkSecurityGroups/postgres`;
const zoneId = `${resourceGroups}/finance/providers/Microsoft.Network/privateDnsZones/ledger.private.postgres.database.azure.com`;

/** VNet-integrated; the security group lets the whole network and its peers reach the port. */
function ledger(): FleetServer {
  const facts: ArmServerFacts = {
    ...common,
    resourceGroup: "finance",
    name: "ledger",
    major: 16,
    network: {
      delegatedSubnetResourceId: subnetId,
      privateDnsZoneArmResourceId: zoneId,
      publicNetworkAccess: "Disabled",
    },
    tags: { team: "finance", environment: "production" },
    threatProtection: "Enabled",
    workspaceId,
  };
  return {
    major: facts.major,
    arm: armServer(facts),
    parameters: { ssl_min_protocol_version: "TLSv1.3", "connection_throttle.enable": "on" },
    addresses: ["10.20.1.4"],
    entraRoles: [scannerRole],
    statements: [
      { database: "postgres", sql: "create database ledger" },
      { database: "postgres", sql: login("ledger_app", "connection limit 20") },
    ],
    sessions: [],
  };
}

/** Private endpoint only, administered by an Entra group, with a read replica. */
function crm(): FleetServer {
  const facts: ArmServerFacts = {
    ...common,
    resourceGroup: "sales",
    name: "crm",
    major: 17,
    network: { publicNetworkAccess: "Disabled" },
    tags: { team: "sales", environment: "production" },
    threatProtection: "Enabled",
    administrators: [
      {
        objectId: "c0ffee00-0000-4000-8000-000000000001",
        principalName: "crm-administrators",
        principalType: "Group",
        tenantId,
      },
    ],
    privateEndpoints: ["crm-endpoint"],
    workspaceId,
  };
  const replica = serverBody({ ...facts, name: "crm-replica", location: "northeurope", replicaOf: serverId(facts) });
  return {
    major: facts.major,
    arm: armServer({ ...facts, replicas: [replica] }),
    parameters: { "connection_throttle.enable": "on" },
    addresses: ["10.30.0.5"],
    entraRoles: [
      scannerRole,
      {
        name: "crm-administrators",
        objectId: "c0ffee00-0000-4000-8000-000000000001",
        type: "group",
        admin: true,
        memberOf: [],
      },
    ],
    statements: [
      { database: "postgres", sql: "create database crm" },
      { database: "postgres", sql: login("crm_app", "connection limit 20") },
    ],
    sessions: [],
  };
}

/** Three servers, two majors, one of each network model. */
export const demoFleet: Fleet = {
  tenantId,
  subscriptions: [{ subscriptionId, displayName: "Production", managementGroups: ["contoso"] }],
  identities: [scanner, pipeline],
  network: {
    subnets: [delegatedSubnet(subnetId, "10.20.1.0/24", securityGroupId)],
    securityGroups: [
      securityGroup(
        securityGroupId,
        location,
        [
          {
            name: "AllowPostgresFromEverywhereInside",
            priority: 200,
            access: "Allow",
            protocol: "Tcp",
            source: "10.0.0.0/8",
            destination: "*",
            port: "5432",
          },
        ],
        [subnetId],
      ),
    ],
    privateDnsZoneLinks: [privateDnsZoneLink(zoneId, networkId)],
  },
  servers: [orders(), ledger(), crm()],
  policy: {
    firewall: { approved: [{ name: "office", range: "198.51.100.0/28" }] },
    entra: { tenantId },
  },
};

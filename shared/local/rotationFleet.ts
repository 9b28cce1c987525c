import { newServerState } from "./emulator/newServerState.ts";
import type { EntraRole, Fleet, FleetServer } from "./fleet.ts";

const tenantId = "99999999-8888-7777-6666-555555555555";
const subscriptionId = "11111111-2222-3333-4444-555555555555";

const scanner = {
  clientId: "0a5ca44e-0000-4000-8000-000000000011",
  objectId: "0a5ca44e-0000-4000-8000-000000000012",
  name: "pgwarden-scanner",
};

/** Who rotates, in every fleet that rotates. */
export const rotator = {
  clientId: "20747a70-0000-4000-8000-000000000001",
  objectId: "20747a70-0000-4000-8000-000000000002",
  name: "pgwarden-rotator",
};

/** Who changes administrators' passwords; on no server a role. */
export const adminRotator = {
  clientId: "ad20747a-0000-4000-8000-000000000001",
  objectId: "ad20747a-0000-4000-8000-000000000002",
  name: "pgwarden-admin-rotator",
};

const pipeline = {
  clientId: "de910000-0000-4000-8000-000000000011",
  objectId: "de910000-0000-4000-8000-000000000012",
  name: "deployment-pipeline",
};

/**
 * The rotator's role: CREATEROLE, and ADMIN OPTION where `mayRotate` gave it. On the service it may be a member of
 * azure_pg_admin instead, to which the service's own PostgreSQL gives more than a plain one does.
 */
export const rotatorRole: EntraRole = {
  name: rotator.name,
  objectId: rotator.objectId,
  type: "service",
  admin: false,
  rotates: true,
  memberOf: ["pg_read_all_stats"],
};

/** Lets the rotator change the passwords of roles, and do nothing else in their name. Run as who made the roles. */
export function mayRotate(roles: readonly string[], major: number): string {
  // Before 16 CREATEROLE alone reaches every role that is no superuser.
  if (major < 16) return "select 1";
  return `grant ${roles.join(", ")} to "${rotator.name}" with admin true, inherit false, set false`;
}

/** An alternating pair: a NOLOGIN owner, and two logins that become it at once. Names that need no quotes. */
export function pairOf(owner: string, [first, second]: readonly [string, string], major: number): string {
  return `create role ${owner} nologin;
          create role ${first} login in role ${owner} connection limit 20;
          create role ${second} login in role ${owner} connection limit 20;
          alter role ${first} set role = ${owner};
          alter role ${second} set role = ${owner};
          ${mayRotate([first, second], major)}`;
}

function server(major: number): FleetServer {
  return {
    arm: newServerState({
      subscriptionId,
      tenantId,
      administratorLogin: "pgadmin",
      resourceGroup: "shop",
      name: `shop-${major}`,
      version: String(major),
      parameters: {
        "azure.accepted_password_auth_method": "scram-sha-256",
        log_statement: "all",
        "pg_stat_statements.track": "all",
      },
    }),
    addresses: [`10.40.0.${major}`],
    entraRoles: [rotatorRole],
    statements: [
      { database: "postgres", sql: "create database shop" },
      { database: "postgres", sql: pairOf("shop_owner", ["shop_a", "shop_b"], major) },
      { database: "postgres", sql: `create role report login; ${mayRotate(["report"], major)}` },
      { database: "shop", sql: "grant create on database shop to shop_owner" },
    ],
    lastLogins: [],
    sessions: [],
  };
}

function credentials(major: number): NonNullable<Fleet["credentials"]> {
  const common = { server: `shop-${major}`, database: "shop" };
  return [
    {
      ...common,
      name: `shop-${major}`,
      secret: { name: `shop-${major}` },
      strategy: "alternating",
      owner: "shop_owner",
      roles: ["shop_a", "shop_b"],
    },
    { ...common, name: `report-${major}`, secret: { name: `report-${major}` }, strategy: "single", roles: ["report"] },
    { ...common, name: `admin-${major}`, secret: { name: `admin-${major}` }, strategy: "admin" },
  ];
}

/**
 * One server `shop-<major>` for each major, with a credential of each strategy: `shop-<major>` (alternating),
 * `report-<major>` (single) and `admin-<major>`. The roles have no password and the vault is empty; every statement is
 * logged. pgwarden's own scanner has no role on the servers.
 */
export function rotationFleet(majors: readonly number[]): Fleet {
  return {
    tenantId,
    subscriptions: [{ subscriptionId, displayName: "Shop", managementGroups: [] }],
    identities: [scanner, pipeline],
    rotator,
    adminRotator,
    network: { subnets: [], securityGroups: [], privateDnsZones: [], privateDnsZoneLinks: [] },
    servers: majors.map(server),
    policy: {},
    credentials: majors.flatMap(credentials),
  };
}

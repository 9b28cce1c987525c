import type pg from "pg";
import type { EntraRole, FleetServer } from "./fleet.ts";
import type { PostgresServer } from "./postgresServer.ts";

/** Roles and objects of a fleet's server. The administrator makes its own; Entra roles come from the platform. */
export async function seedServer(
  { entraRoles, statements }: Pick<FleetServer, "entraRoles" | "statements">,
  server: PostgresServer,
): Promise<void> {
  await server.asSuperuser(async (client) => {
    for (const role of entraRoles) await createEntraRole(client, role, server.major);
  });
  for (const [database, group] of Map.groupBy(statements, (statement) => statement.database)) {
    await server.asAdministrator(async (client) => {
      // One by one: CREATE DATABASE refuses to be part of a longer message.
      for (const { sql } of group) await client.query(sql);
    }, database);
  }
}

/**
 * `pgaadauth` is not there to check a SECURITY LABEL, so the row it would leave is written as it is; a dropped role
 * takes it along.
 */
async function createEntraRole(client: pg.Client, role: EntraRole, major: number): Promise<void> {
  const name = client.escapeIdentifier(role.name);
  const label = [`aadauth`, `oid=${role.objectId}`, `type=${role.type}`, ...(role.admin ? ["admin"] : [])].join(",");
  const attributes = role.admin ? "createrole createdb" : role.rotates === true ? "createrole" : "";
  await client.query(`create role ${name} login ${attributes} connection limit ${role.connectionLimit ?? -1}`);
  if (role.admin) await client.query(`grant azure_pg_admin to ${name} ${major >= 16 ? "with admin option" : ""}`);
  if (role.rotates === true) await client.query(`grant create on database postgres to ${name}`);
  for (const group of role.memberOf) await client.query(`grant ${client.escapeIdentifier(group)} to ${name}`);
  await client.query("set allow_system_table_mods = on");
  await client.query(
    `insert into pg_catalog.pg_shseclabel (objoid, classoid, provider, label)
     select oid, 'pg_catalog.pg_authid'::regclass, 'pgaadauth', $2 from pg_catalog.pg_roles where rolname = $1`,
    [role.name, label],
  );
  await client.query("reset allow_system_table_mods");
}

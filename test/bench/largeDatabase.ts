import type pg from "pg";
import type { PostgresServer } from "../../shared/local/postgresServer.ts";

/** How grants are spread over the tables: by a few patterns, or nearly every ACL its own. */
export type Pattern = "patterned" | "unique";

/** Numbers of objects at full size (roles.md §2). */
const full = {
  roles: 20_000,
  memberships: 50_000,
  tables: 50_000,
  schemas: 100,
  owners: 20,
  groups: 2_000,
  functions: 5_000,
};

export interface DatabaseSize {
  readonly roles: number;
  readonly memberships: number;
  readonly tables: number;
}

/** Rows whose numbers come from hashes of their own index: every run builds the same database. */
function seeded(index: string, salt: number, modulus: number): string {
  return `(abs(hashint4(${index} + ${salt})) % ${modulus})`;
}

/** Roles and memberships of the whole cluster; `share` of the full size. */
export async function buildRoles(server: PostgresServer, share: number): Promise<DatabaseSize> {
  const roles = Math.round(full.roles * share);
  const groups = Math.round(full.groups * share);
  const memberships = Math.round(full.memberships * share);
  const owners = full.owners;
  await server.asSuperuser(async (client) => {
    await client.query("create role monitor login; grant pg_read_all_settings, pg_read_all_stats to monitor");
    await client.query("alter role monitor password null");
    await run(
      client,
      `for i in 0..${owners - 1} loop execute format('create role owner_%s', i); end loop;
       for i in 0..${groups - 1} loop execute format('create role group_%s', i); end loop;
       for i in ${owners + groups}..${roles - 1} loop execute format('create role login_%s login', i); end loop`,
    );
    // Groups form a forest some seven levels deep; logins are in two or three groups each. Written into the catalog:
    // 50,000 GRANTs would take a minute and give the same rows.
    await client.query("set allow_system_table_mods = on");
    await client.query(`
      insert into pg_catalog.pg_auth_members (oid, roleid, member, grantor, admin_option, inherit_option, set_option)
      select 100000000 + row_number() over (), edge.roleid, edge.member, 10, edge.n % 50 = 0, edge.n % 7 <> 0, edge.n % 11 <> 0
        from (
          select distinct on (g.oid, m.oid) g.oid as roleid, m.oid as member, n
            from generate_series(1, ${memberships * 2}) n
            join pg_catalog.pg_roles g on g.rolname = 'group_' || ${seeded("n", 7, groups)}
            join pg_catalog.pg_roles m
              on m.rolname = case when n % 25 = 0 and ${seeded("n", 7, groups)} > 6
                                  then 'group_' || (${seeded("n", 7, groups)} / 7)
                                  else 'login_' || (${owners + groups} + ${seeded("n", 99, Math.max(1, roles - owners - groups))}) end
           where g.oid <> m.oid
        ) edge
       limit ${memberships}`);
    await client.query("reset allow_system_table_mods");
  });
  return { roles, memberships, tables: Math.round(full.tables * share) };
}

/** Fills one database with tables, functions, policies and the ACLs of a pattern. */
export async function buildDatabase(
  server: PostgresServer,
  database: string,
  pattern: Pattern,
  share: number,
): Promise<void> {
  const tables = Math.round(full.tables * share);
  const schemas = Math.max(1, Math.round(full.schemas * share));
  const functions = Math.round(full.functions * share);
  const groups = Math.round(full.groups * share);
  await server.asSuperuser((client) => client.query(`create database ${client.escapeIdentifier(database)}`));
  await server.asSuperuser(async (client) => {
    const perSchema = Math.ceil(tables / schemas);
    for (let schema = 0; schema < schemas; schema += 1) {
      // One schema a transaction: a lock table for all of them at once would not fit.
      await run(
        client,
        `execute 'create schema s_${schema} authorization owner_${schema % full.owners}';
         for i in 0..${perSchema - 1} loop
           execute format('create table s_${schema}.t_%s (id int)', i);
         end loop;
         for i in 0..${Math.ceil(functions / schemas) - 1} loop
           execute format('create function s_${schema}.f_%s(int) returns int language sql ${schema % 25 === 0 ? "security definer" : ""} as ''select 1''', i);
         end loop;
         for i in 0..4 loop
           execute format('alter table s_${schema}.t_%s enable row level security', i);
           execute format('create policy p on s_${schema}.t_%s using (id > 0)', i);
           execute format('create policy q on s_${schema}.t_%s for select to group_${schema % groups} using (id = %s)', i, i);
           execute format('create view s_${schema}.v_%s as select * from s_${schema}.t_%s', i, i);
         end loop`,
      );
    }
    await client.query("set allow_system_table_mods = on");
    await client.query(
      `update pg_catalog.pg_class c set relowner = o.oid
         from pg_catalog.pg_namespace n, pg_catalog.pg_roles o
        where n.oid = c.relnamespace and n.nspname ~ '^s_' and o.oid = n.nspowner and c.relkind = 'r'`,
    );
    await client.query(aclUpdate(pattern, groups));
    await client.query("reset allow_system_table_mods");
    await client.query("analyze");
  }, database);
}

/** ACLs written into the catalog: 150,000 GRANTs would take minutes and give the same text. */
function aclUpdate(pattern: Pattern, groups: number): string {
  // A third of the groups reads, one writes, one is the odd one out: no role twice in one ACL.
  const third = Math.floor(groups / 3);
  const [schema, table] = ["n.oid::int", "c.oid::int"];
  const by = pattern === "patterned" ? schema : table;
  const odd =
    pattern === "patterned"
      ? `case when ${table} % 50 = 0 then ${seeded(table, 3, third)} else ${seeded(schema, 3, third)} end`
      : seeded(table, 3, third);
  const untouched = pattern === "patterned" ? `and ${table} % 5 <> 0` : "";
  return `
    update pg_catalog.pg_class c
       set relacl = array[
             makeaclitem(c.relowner, c.relowner, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER, MAINTAIN', false),
             makeaclitem(reader.oid, c.relowner, 'SELECT', false),
             makeaclitem(writer.oid, c.relowner, 'SELECT, INSERT, UPDATE, DELETE', false),
             makeaclitem(other.oid, c.relowner, 'SELECT', ${table} % 97 = 0)]
      from pg_catalog.pg_namespace n, pg_catalog.pg_roles reader, pg_catalog.pg_roles writer, pg_catalog.pg_roles other
     where n.oid = c.relnamespace and n.nspname ~ '^s_' and c.relkind = 'r' ${untouched}
       and reader.rolname = 'group_' || ${seeded(by, 1, third)}
       and writer.rolname = 'group_' || (${third} + ${seeded(by, 2, third)})
       and other.rolname = 'group_' || (${2 * third} + ${odd})`;
}

async function run(client: pg.Client, body: string): Promise<void> {
  await client.query(`do $build$ begin ${body}; end $build$`);
}

import { beforeAll, expect, it } from "@jest/globals";
import pg from "pg";
import { collectCatalogs } from "../../shared/collect/collectCatalog.ts";
import { diffSnapshots } from "../../shared/diff/diffSnapshots.ts";
import { snapshotOf } from "../../shared/diff/snapshot.ts";
import type { PostgresServer } from "../../shared/local/postgresServer.ts";
import type { Drift, Snapshot } from "../../shared/model/drift.ts";
import { SecretValue } from "../../shared/model/secretValue.ts";
import { catalogPort } from "../../shared/postgres/catalogPort.ts";
import { posture, sections, serverRef } from "../builders.ts";
import { describePostgres } from "../describePostgres.ts";
import { forever, host, leadTo, trust } from "../postgres/localTarget.ts";

const password = "scanner-of-this-test";

const seed = `
create role scanner login password '${password}';
grant pg_read_all_settings, pg_read_all_stats to scanner;
create role app_owner;
create role ops;
create role app_rw login;
create role app_ro login;
create role temp login;
grant azure_pg_admin to ops;
create schema app authorization app_owner;
set role app_owner;
create table app.orders (id int);
create table app.items (id int);
create table app.accounts (id int);
alter table app.accounts enable row level security;
create policy by_id on app.accounts using (id = 1);
create function app.f() returns int language sql security definer set search_path = app, pg_temp as 'select 1';
revoke execute on function app.f() from public;
reset role;
`;

async function snapshot(server: PostgresServer): Promise<Snapshot> {
  const port = catalogPort({ hosts: leadTo(server.port), password: () => Promise.resolve(new SecretValue(password)) });
  const request = {
    host,
    port: 5432,
    database: "postgres",
    role: "scanner",
    excludedDatabases: [],
    sensitiveColumns: [],
  };
  const catalogs = await collectCatalogs(request, port, forever);
  return snapshotOf(posture(sections(catalogs.sections), serverRef(), catalogs.databases));
}

describePostgres([13, 16, 18], (_major, getServer) => {
  beforeAll(async () => {
    trust(getServer().ca);
    await getServer().asSuperuser((client) => client.query(seed));
  });

  /** What the statements change, and nothing when they are undone. */
  async function drift(statements: string, undo: string): Promise<readonly Drift[]> {
    const before = await snapshot(getServer());
    await getServer().asSuperuser((client) => client.query(statements));
    const after = await snapshot(getServer());
    await getServer().asSuperuser((client) => client.query(undo));
    expect(diffSnapshots(before, await snapshot(getServer()), context)).toEqual([]);
    return diffSnapshots(before, after, context);
  }
  const context = { comparison: "previous", serverId: serverRef().id } as const;

  it.each<[string, string, string]>([
    ["critical added membership/ops/app_rw", "grant ops to app_rw", "revoke ops from app_rw"],
    [
      "high added grant/postgres/table/app/PUBLIC/-/r",
      "grant select on all tables in schema app to public",
      "revoke select on all tables in schema app from public",
    ],
    [
      "critical added object/postgres/function/pg_catalog/azuresu/app_ro=X/+",
      "grant execute on function pg_catalog.pg_read_file(text) to app_ro",
      "revoke execute on function pg_catalog.pg_read_file(text) from app_ro",
    ],
    [
      "low added grant/postgres/column/app/app_ro/-/r",
      "grant select (id) on app.orders to app_ro",
      "revoke select (id) on app.orders from app_ro",
    ],
    [
      "high changed owner/postgres/table/app/app_owner/app_rw",
      "alter table app.accounts owner to app_rw",
      "alter table app.accounts owner to app_owner",
    ],
    [
      "critical changed protectedTable/postgres/app/accounts",
      "alter table app.accounts disable row level security",
      "alter table app.accounts enable row level security",
    ],
    [
      "critical removed protectedTable/postgres/app/accounts",
      "drop policy by_id on app.accounts; alter table app.accounts disable row level security",
      "set role app_owner; create policy by_id on app.accounts using (id = 1); alter table app.accounts enable row level security; reset role",
    ],
    [
      "high changed rowPolicy/postgres/app/accounts/by_id",
      "alter policy by_id on app.accounts using (true)",
      "alter policy by_id on app.accounts using (id = 1)",
    ],
    [
      "high added grant/postgres/function/app/PUBLIC/-/X",
      "grant execute on function app.f() to public",
      "revoke execute on function app.f() from public",
    ],
    [
      "high added defaultPrivilege/postgres/app_owner/*/table/+/PUBLIC",
      "alter default privileges for role app_owner grant select on tables to public",
      "alter default privileges for role app_owner revoke select on tables from public",
    ],
    [
      "info added object/postgres/table/app/app_owner//+",
      "set role app_owner; create table app.more (id int); reset role",
      "drop table app.more",
    ],
  ])("%s", async (expected, statements, undo) => {
    const drifts = await drift(statements, undo);

    expect(drifts.map(({ severity, change, cause }) => `${severity} ${change} ${cause}`)).toEqual([expected]);
  });

  it("tells the chain in words", async () => {
    const [found] = await drift("grant ops to app_rw", "revoke ops from app_rw");

    expect(found?.effects).toContain(
      "login app_rw can now become azure_pg_admin: app_rw → ops → azure_pg_admin, by inheritance",
    );
  });

  it("tells who reads past the policies through a view by a membership, and that role does read every row", async () => {
    const bob = { user: "bob", password: new SecretValue("bob-of-this-test") };
    await getServer().asSuperuser((client) =>
      client.query(`
        create role bob login password '${bob.password.reveal()}';
        create role reporting;
        create schema sales authorization app_owner;
        grant usage on schema sales to bob, reporting;
        set role app_owner;
        create table sales.bills (id int, tenant text);
        insert into sales.bills values (1, 'bob'), (2, 'ann'), (3, 'eve');
        alter table sales.bills enable row level security;
        create policy own on sales.bills using (tenant = current_user);
        grant select on sales.bills to bob;
        create view sales.all_bills as select id from sales.bills;
        grant select on sales.all_bills to reporting;
        reset role`),
    );
    async function readAsBob(relation: string): Promise<readonly number[] | string> {
      const client = new pg.Client(getServer().clientConfig(bob));
      await client.connect();
      try {
        const { rows } = await client.query<{ id: number }>(`select id from ${relation} order by id`);
        return rows.map(({ id }) => id);
      } catch (error) {
        if (error instanceof pg.DatabaseError) return error.message;
        throw error;
      } finally {
        await client.end();
      }
    }
    const before = await snapshot(getServer());
    const [rowsBefore, deniedBefore] = [await readAsBob("sales.bills"), await readAsBob("sales.all_bills")];

    await getServer().asSuperuser((client) => client.query("grant reporting to bob"));

    const [found, ...others] = diffSnapshots(before, await snapshot(getServer()), context);
    expect([rowsBefore, deniedBefore]).toEqual([[1], "permission denied for view all_bills"]);
    expect([await readAsBob("sales.bills"), await readAsBob("sales.all_bills")]).toEqual([[1], [1, 2, 3]]);
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      cause: "membership/reporting/bob",
      severity: "critical",
      direction: "gained",
      gainedCount: 1,
      gainedPrincipals: ["bob"],
    });
    expect(found?.message).toMatch(/; 1 login role has a new way past row security\.$/);
    expect(found?.effects).toContain(
      "login bob can now get past the policies of sales.bills in database postgres through view sales.all_bills: bob → reporting, by inheritance",
    );
  });

  it("tells a role that was created again under its name", async () => {
    const before = await snapshot(getServer());
    await getServer().asSuperuser((client) => client.query("drop role temp; create role temp login"));

    const drifts = diffSnapshots(before, await snapshot(getServer()), context);

    expect(drifts).toMatchObject([{ cause: "role/temp", change: "recreated", severity: "high" }]);
  });
});

import { beforeAll, expect, it } from "@jest/globals";
import { collectCatalogs } from "../../shared/collect/collectCatalog.ts";
import { diffSnapshots } from "../../shared/diff/diffSnapshots.ts";
import { snapshotOf } from "../../shared/diff/snapshot.ts";
import { digestOf } from "../../shared/diff/snapshotDigest.ts";
import type { Drift, Snapshot } from "../../shared/model/drift.ts";
import type { PostgresServer } from "../../shared/local/postgresServer.ts";
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
create role app_rw login;
create role app_ro login;
create role "a/b%c, ""d""=e" login;
grant app_ro to "a/b%c, ""d""=e";
create schema app authorization app_owner;
grant usage on schema app to app_ro, app_rw;
set role app_owner;
create table app.orders (id int, tenant text);
create table app.accounts (id int, tenant text);
create view app.mine as select * from app.accounts;
create materialized view app.copy as select * from app.accounts;
create sequence app.numbers;
grant all on app.orders to app_rw;
grant select on app.orders to app_ro, "a/b%c, ""d""=e";
grant select (id) on app.accounts to app_ro with grant option;
grant usage on sequence app.numbers to app_rw;
alter table app.accounts enable row level security, force row level security;
create policy by_tenant on app.accounts for all to app_rw using (tenant = current_user and id in (select o.id from app.orders o));
create function app.add(a int, b int) returns int language sql security definer set search_path = app, pg_temp as 'select a + b';
alter default privileges in schema app grant all on tables to app_rw;
alter default privileges in schema app grant select on tables to app_ro;
alter default privileges revoke execute on functions from public;
reset role;
grant select on pg_catalog.pg_authid to app_ro;
revoke select on pg_catalog.pg_stats from public;
create publication half for table app.orders;
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

function brief(drifts: readonly Drift[]): readonly string[] {
  return drifts.map(({ severity, change, cause }) => `${severity} ${change} ${cause}`);
}

const context = { comparison: "previous", serverId: serverRef().id } as const;
const taken = new Map<number, Snapshot>();

describePostgres([16, 17, 18], (major, getServer) => {
  beforeAll(async () => {
    trust(getServer().ca);
    await getServer().asSuperuser((client) => client.query(seed));
    taken.set(major, await snapshot(getServer()));
  });

  it("reads an unchanged server as the same snapshot", async () => {
    const again = await snapshot(getServer());

    expect(again).toEqual(taken.get(major));
    expect(digestOf(again)).toBe(digestOf(taken.get(major) ?? again));
  });

  it("finds nothing that an upgrade alone does", () => {
    const [before, after] = [taken.get(major - 1), taken.get(major)];
    if (before === undefined || after === undefined) return;

    expect(brief(diffSnapshots(before, after, context)).filter((line) => !/ setting\//.test(line))).toEqual([]);
  });
});

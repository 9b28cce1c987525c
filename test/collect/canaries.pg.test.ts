import { beforeAll, expect, it } from "@jest/globals";
import type { CanaryLook } from "../../shared/model/canaryEvidence.ts";
import { describePostgres } from "../describePostgres.ts";
import { trust } from "../postgres/localTarget.ts";
import { canary, canaryDatabase, look, makeCanaryWorld, odd } from "./fixtures/canaryWorld.ts";

function textOf(one: CanaryLook | undefined): string {
  if (one === undefined) return "nothing";
  if (one.state === "failed") return `${one.reason}: ${one.detail}`;
  return `${one.visible ? "visible" : "invisible"}, witnessed ${String(one.witnessed)}`;
}

describePostgres([13, 16, 18], (major, getServer) => {
  beforeAll(async () => {
    trust(getServer().ca);
    await makeCanaryWorld(getServer());
  }, 60_000);

  async function lookAt(override: Parameters<typeof canary>[0]): Promise<string> {
    return textOf((await look(getServer(), canary(override)))[0]);
  }

  it("looks as the role and with its settings, which end with the look", async () => {
    const looks = await look(
      getServer(),
      canary(),
      canary({ settings: { "app.tenant": "canary-9" } }),
      canary({ witness: null, settings: {} }),
    );

    expect(looks.map(textOf)).toEqual([
      "invisible, witnessed true",
      "visible, witnessed null",
      // Nothing is left of the settings of the looks before.
      expect.stringContaining("As role app_rw: "),
    ]);
  });

  it("takes names and values for what they are, whatever they hold", async () => {
    const place = { table: `${odd.schema}.${odd.table}`, role: odd.role, settings: {}, witness: null };

    expect(await lookAt({ ...place, where: { [odd.column]: "9" } })).toBe("visible, witnessed null");
    expect(await lookAt({ ...place, where: { [odd.column]: "10" } })).toBe("invisible, witnessed null");
    expect(await lookAt({ ...place, where: {} })).toBe("visible, witnessed null");
    expect(await lookAt({ where: { tenant: "x' or true --", id: "1" }, witness: null })).toBe(
      "invisible, witnessed null",
    );
    expect(await lookAt({ where: { tenant: "mine", id: "2" } })).toBe("visible, witnessed null");
  });

  it("says what is missing, and calls none of it invisible", async () => {
    const where = `in database ${canaryDatabase}`;

    expect(await lookAt({ role: "nobody_here" })).toBe("absent: As role nobody_here: there is no such role.");
    expect(await lookAt({ table: "app.none" })).toBe(`absent: As role app_rw: there is no table app.none ${where}.`);
    expect(await lookAt({ table: "none.accounts" })).toMatch(/^absent: /);
    expect(await lookAt({ where: { tenants: "a" } })).toBe(
      `absent: As role app_rw: table app.accounts ${where} has no column tenants.`,
    );
    expect(await lookAt({ where: { ctid: "(0,1)" } })).toMatch(/^absent: /);
    expect(await lookAt({ database: "none" })).toMatch(/3D000/);
    expect(await lookAt({ role: odd.role })).toMatch(/^denied: As role .*\(42501\)\.$/);
    expect(await lookAt({ table: `${odd.schema}.${odd.table}`, where: {} })).toMatch(/^denied: /);
  });

  it("may not become a role that it was not given, and says which grant would let it", async () => {
    const server = getServer();
    const [ill] = await look(server, canary({ role: "stranger" }));
    const options = major >= 16 ? " with inherit false, set true" : "";
    const grant = `grant "stranger" to "scanner"${options}`;

    expect(ill).toEqual({
      name: "nine",
      role: "stranger",
      state: "failed",
      reason: "denied",
      detail: `Login scanner may not become role stranger. An administrator runs: ${grant};`,
      missingRole: "stranger",
    });
    await server.asSuperuser((client) => client.query(`grant select on app.accounts to stranger`), canaryDatabase);
    await server.asSuperuser((client) => client.query(grant));
    expect(await lookAt({ role: "stranger" })).toBe("invisible, witnessed true");
    await server.asSuperuser((client) => client.query("revoke stranger from scanner"));
  });

  it("gives up a table that is locked, and one whose policy takes too long", async () => {
    const server = getServer();
    const locked = await server.asSuperuser(async (client) => {
      await client.query("begin; lock table app.accounts in access exclusive mode");
      const seen = await lookAt({});
      await client.query("rollback");
      return seen;
    }, canaryDatabase);
    await server.asSuperuser(
      (client) => client.query("create policy slow on app.accounts using (pg_sleep(20) is null)"),
      canaryDatabase,
    );
    const slow = await lookAt({});
    await server.asSuperuser((client) => client.query("drop policy slow on app.accounts"), canaryDatabase);

    expect(locked).toMatch(/^timeout: As role app_rw: .*\(55P03\)\.$/);
    expect(slow).toMatch(/^timeout: As role app_rw: .*\(57014\)\.$/);
  }, 20_000);

  it("lets no function of a policy write, nor make it look as somebody else", async () => {
    const server = getServer();
    await server.asSuperuser(
      (client) =>
        client.query(`
create table app.trace (at text); grant all on app.trace to public;
create function app.writes() returns boolean language plpgsql as $$
  begin insert into app.trace values ('seen'); return true; end $$;
create policy writes on app.accounts using (app.writes())`),
      canaryDatabase,
    );
    const writing = await lookAt({});
    const traces = await server.asSuperuser((client) => client.query("select from app.trace"), canaryDatabase);
    await server.asSuperuser((client) => client.query("drop policy writes on app.accounts"), canaryDatabase);

    expect(writing).toMatch(/^shape: As role app_rw: .*\(25006\)\.$/);
    expect(traces.rowCount).toBe(0);
  });

  it("reads through views and leads to no other server", async () => {
    const server = getServer();
    await server.asSuperuser(
      (client) =>
        client.query(`
create view app.all_accounts as select * from app.accounts; grant select on app.all_accounts to app_rw;
create extension postgres_fdw; create server elsewhere foreign data wrapper postgres_fdw;
create foreign table app.far (id int) server elsewhere; grant select on app.far to app_rw`),
      canaryDatabase,
    );

    expect(await lookAt({ table: "app.all_accounts" })).toBe("visible, witnessed null");
    expect(await lookAt({ table: "app.far", where: {} })).toBe(
      `shape: As role app_rw: app.far in database ${canaryDatabase} is no table and no view.`,
    );
  });

  if (major >= 16)
    it("has nothing of the role outside a look", async () => {
      const server = getServer();
      const read = await server.asSuperuser(
        (client) =>
          client.query<{ may: boolean }>("select has_table_privilege('scanner', 'app.accounts', 'select') as may"),
        canaryDatabase,
      );

      expect(read.rows).toEqual([{ may: false }]);
    });
});

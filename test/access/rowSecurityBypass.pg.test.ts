import { expect, it } from "@jest/globals";
import pg from "pg";
import * as v from "valibot";
import { objectReach } from "../../shared/access/objectReach.ts";
import { type Bypass, bypassesOf, rowSecurityBypass } from "../../shared/access/rowSecurityBypass.ts";
import { wayOf } from "../../shared/access/way.ts";
import { describePostgres } from "../describePostgres.ts";
import { evidenceOf } from "./catalogEvidence.ts";

/** Two rows, of which the policy shows one to everybody who is held by it. */
const table = `
  create role boss; create role app_owner; create role app_user login; create role other login;
  create schema app authorization app_owner;
  grant usage on schema app to public;
  set local role app_owner;
  create table app.accounts (id int primary key, tenant text);
  insert into app.accounts values (1, 'ours'), (2, 'theirs');
  alter table app.accounts enable row level security;
  create policy ours on app.accounts using (tenant = 'ours');
  reset role;`;

function asOwner(sql: string): string {
  return `set local role app_owner; ${sql}; reset role;`;
}

interface Case {
  readonly name: string;
  readonly setup: string;
  /** What app_user does; it must show or touch the row of `theirs`. */
  readonly attack: string;
  readonly found: Partial<Bypass>;
  readonly from?: number;
}

const cases: readonly Case[] = [
  {
    name: "BYPASSRLS behind SET ROLE",
    setup: "alter role boss bypassrls; grant select on app.accounts to boss; grant boss to app_user;",
    attack: "set local role boss; select id from app.accounts where id = 2",
    found: { kind: "bypassRls", through: null, how: "set", path: ["app_user", "boss"] },
  },
  {
    name: "the owner by inheritance",
    setup: "grant app_owner to app_user;",
    attack: "select id from app.accounts where id = 2",
    found: { kind: "owner", through: null, how: "inherit", path: ["app_user", "app_owner"] },
  },
  {
    name: "a view of an owner whom the policies do not hold",
    setup: asOwner(
      "create view app.all_accounts as select * from app.accounts; grant select on app.all_accounts to app_user",
    ),
    attack: "select id from app.all_accounts where id = 2",
    found: { kind: "view", through: "app.all_accounts", how: "inherit", path: ["app_user"] },
  },
  {
    name: "a view of an owner who may not connect itself",
    setup: `${asOwner("create view app.all_accounts as select * from app.accounts; grant select on app.all_accounts to app_user")}
      alter role app_owner login; revoke connect on database postgres from public;
      grant connect on database postgres to app_user;`,
    attack: "select id from app.all_accounts where id = 2",
    found: { kind: "view", through: "app.all_accounts", how: "inherit", path: ["app_user"] },
  },
  {
    name: "a view over such a view",
    setup: `${asOwner("create view app.inner as select * from app.accounts; grant select on app.inner to other")}
      grant create on schema app to other; set local role other;
      create view app.outer as select * from app.inner; grant select on app.outer to app_user; reset role;`,
    attack: "select id from app.outer where id = 2",
    found: { kind: "view", through: "app.outer", how: "inherit", path: ["app_user"] },
  },
  {
    name: "a view over a materialised view",
    setup: asOwner(`create materialized view app.copy as select * from app.accounts;
      create view app.over as select * from app.copy; grant select on app.over to app_user`),
    attack: "select id from app.over where id = 2",
    found: { kind: "view", through: "app.over", how: "inherit", path: ["app_user"] },
  },
  {
    name: "a materialised view, although FORCE holds the owner",
    setup: `${asOwner("create materialized view app.copy as select * from app.accounts; grant select on app.copy to boss")}
      ${asOwner("alter table app.accounts force row level security")} grant boss to app_user;`,
    attack: "select id from app.copy where id = 2",
    found: { kind: "materializedView", through: "app.copy", how: "inherit", path: ["app_user", "boss"] },
  },
  {
    name: "a SECURITY DEFINER function that PUBLIC may execute",
    setup: asOwner(
      "create function app.count_all() returns setof int language sql security definer as 'select id from app.accounts'",
    ),
    attack: "select * from app.count_all() f (id) where id = 2",
    found: { kind: "definerFunction", through: "app.count_all()", how: "inherit", path: ["app_user"] },
  },
  {
    name: "TRUNCATE",
    setup: asOwner("grant truncate on app.accounts to app_user"),
    attack: "truncate app.accounts; select 2 as id",
    found: { kind: "truncate", through: null, how: "inherit", path: ["app_user"] },
  },
  {
    name: "a partition that is granted directly",
    setup: asOwner(`create table app.events (id int, tenant text) partition by range (id);
      create table app.events_1 partition of app.events for values from (0) to (10);
      insert into app.events values (2, 'theirs');
      alter table app.events enable row level security; create policy ours on app.events using (tenant = 'ours');
      grant select on app.events_1 to app_user`),
    attack: "select id from app.events_1 where id = 2",
    found: { kind: "partition", through: "app.events_1", how: "inherit", path: ["app_user"] },
  },
  {
    name: "pg_read_all_data through a view",
    setup: `${asOwner("create view app.all_accounts as select * from app.accounts")} grant pg_read_all_data to app_user;`,
    attack: "select id from app.all_accounts where id = 2",
    found: { kind: "view", through: "app.all_accounts", how: "inherit", path: ["app_user", "pg_read_all_data"] },
    from: 14,
  },
];

/** Close to the cases above, and held by the policy. */
const lookAlikes: readonly Omit<Case, "found">[] = [
  {
    name: "SELECT on the table",
    setup: asOwner("grant select on app.accounts to app_user"),
    attack: "select id from app.accounts where id = 2",
  },
  {
    name: "a role that is inherited from, and that SET ROLE does not lead to",
    setup: "alter role boss bypassrls; grant select on app.accounts to boss; grant boss to app_user with set false;",
    attack: "select id from app.accounts where id = 2",
    from: 16,
  },
  {
    name: "the owner, whom FORCE holds",
    setup: `${asOwner("alter table app.accounts force row level security")} grant app_owner to app_user;`,
    attack: "select id from app.accounts where id = 2",
  },
  {
    name: "a view with the rights of who asks",
    setup: asOwner(`create view app.mine with (security_invoker) as select * from app.accounts;
      grant select on app.mine, app.accounts to app_user`),
    attack: "select id from app.mine where id = 2",
    from: 15,
  },
  {
    name: "a view over one with the rights of who asks",
    setup: asOwner(`create view app.mine with (security_invoker) as select * from app.accounts;
      create view app.upper as select * from app.mine; grant select on app.upper, app.accounts to app_user`),
    attack: "select id from app.upper where id = 2",
    from: 15,
  },
  {
    name: "a view of an owner whom the policies hold",
    setup: `${asOwner("grant select on app.accounts to other")} grant create on schema app to other; set local role other;
      create view app.held as select * from app.accounts; grant select on app.held to app_user; reset role;`,
    attack: "select id from app.held where id = 2",
  },
  {
    name: "a view in a schema that is closed",
    setup: `${asOwner("create view app.all_accounts as select * from app.accounts; grant select on app.all_accounts to app_user")}
      revoke usage on schema app from public;`,
    attack: "select id from app.all_accounts where id = 2",
  },
  {
    name: "a SECURITY DEFINER function that only others may execute",
    setup: asOwner(`create function app.count_all() returns setof int language sql security definer
        as 'select id from app.accounts'; revoke execute on function app.count_all() from public`),
    attack: "select * from app.count_all() f (id) where id = 2",
  },
];

describePostgres("all", (major, getServer) => {
  async function tried(setup: string, attack: string) {
    return getServer().asSuperuser(async (client) => {
      await client.query(`begin; ${table} ${setup}`);
      const input = await evidenceOf(client, major);
      const database = input.databases.get("postgres");
      if (database === undefined) throw new Error("The evidence lacks the database.");
      const found = rowSecurityBypass(input, database).flatMap((one) => bypassesOf(one, "app_user"));
      const reach = objectReach(input, database, { schema: "app", name: "accounts" });
      const reads = reach && wayOf(reach.read, "app_user");
      const rows = await attempt(client, `set local session authorization app_user; ${attack}`);
      await client.query("rollback");
      return { found, rows, reads };
    });
  }

  function known({ from = 13 }: { readonly from?: number }): boolean {
    return major >= from;
  }

  it.each(cases.filter(known))("finds $name, which works", async ({ setup, attack, found: expected }) => {
    const { found, rows } = await tried(setup, attack);

    expect(rows).toEqual([{ id: 2 }]);
    expect(found).toEqual([expect.objectContaining(expected)]);
  });

  if (major >= 15)
    it("finds a view that runs as who asks over one that does not, for the lower one's owner reads", async () => {
      const setup = asOwner(`create view app.inner as select * from app.accounts;
        create view app.outer with (security_invoker) as select * from app.inner;
        grant select on app.inner, app.outer to app_user`);

      const { found, rows } = await tried(setup, "select id from app.outer where id = 2");

      expect(rows).toEqual([{ id: 2 }]);
      expect(found.map(({ kind, through }) => `${kind} ${through}`).sort()).toEqual([
        "view app.inner",
        "view app.outer",
      ]);
    });

  it.each(lookAlikes.filter(known))("finds nothing in $name, which does not work", async ({ setup, attack }) => {
    const { found, rows } = await tried(setup, attack);

    expect(rows).toEqual([]);
    expect(found).toEqual([]);
  });

  /** One role finds the view, another one may read it, and app_user can become both. */
  const twoRoles = `create role finder; create role reader; alter role app_user noinherit;
    grant finder, reader to app_user ${major >= 16 ? "with inherit false" : ""};
    revoke usage on schema app from public; grant usage on schema app to finder;`;

  it("joins USAGE of one role to SELECT of another, as a prepared statement does", async () => {
    const setup = `${twoRoles} ${asOwner("grant select on app.accounts to reader; alter table app.accounts disable row level security")}`;
    const attack = `set local role finder; prepare trick as select id from app.accounts where id = 2;
      set local role reader; execute trick`;

    const { rows, reads } = await tried(setup, attack);

    expect(rows).toEqual([{ id: 2 }]);
    expect(reads).toEqual({ how: "set", path: ["app_user", "reader"], via: { kind: "grant", grantee: "reader" } });
  });

  if (major >= 14)
    it("joins them past row security too, as a function with a parsed body does", async () => {
      const setup = `${twoRoles} ${asOwner("create view app.all_accounts as select * from app.accounts; grant select on app.all_accounts to reader")}`;
      const attack = `set local role finder;
        create function pg_temp.trick() returns setof int begin atomic select id from app.all_accounts where id = 2; end;
        set local role reader; select id from pg_temp.trick() f (id)`;

      const { found, rows } = await tried(setup, attack);

      expect(rows).toEqual([{ id: 2 }]);
      expect(found).toEqual([expect.objectContaining({ kind: "view", how: "set", path: ["app_user", "reader"] })]);
    });

  it("tells REPLICATION of a publication", async () => {
    const setup = "alter role app_user replication; create publication news for table app.accounts;";

    const { found } = await tried(setup, "select 1");

    expect(found).toEqual([expect.objectContaining({ kind: "publication", through: "news", how: "inherit" })]);
  });
});

/** No rows where the server refuses; the transaction is over then. */
async function attempt(client: pg.Client, sql: string): Promise<readonly unknown[]> {
  await client.query("savepoint attack");
  try {
    const results: unknown = await client.query(sql);
    // Several statements give a list of results, one gives its own.
    const last: unknown = [results].flat().at(-1);
    return last instanceof pg.Result ? v.parse(v.array(v.unknown()), last.rows) : [];
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code === "42501") return [];
    throw error;
  }
}

import { beforeAll, expect, it } from "@jest/globals";
import { collectCatalogs, type CatalogSections } from "../../shared/collect/collectCatalog.ts";
import type { CatalogPort } from "../../shared/collect/collector.ts";
import type { PostgresServer } from "../../shared/local/postgresServer.ts";
import { SecretValue } from "../../shared/model/secretValue.ts";
import { catalogPort } from "../../shared/postgres/catalogPort.ts";
import { describePostgres } from "../describePostgres.ts";
import { forever, host, leadTo, trust } from "../postgres/localTarget.ts";

const password = "scanner-of-this-test";
/** 63 bytes: the longest name there is. */
const longName = `ü${"x".repeat(61)}`;
const oddNames = [`it's "quoted"`, "with space", "日本", "a/b%c,d=e", longName];

const fleet = `
create role scanner login password '${password}';
grant pg_read_all_settings, pg_read_all_stats to scanner;
create role nobody login password '${password}';
create role team noinherit;
create role lead createrole;
create role ann login noinherit connection limit 3 valid until '2027-01-31 10:00:00+00';
create role bob login valid until 'infinity' createdb replication bypassrls;
comment on role ann is 'Ann''s "own"';
grant team to ann with admin option;
grant team to bob;
alter role ann set search_path = 'a, "b=c"';
alter role bob in database postgres set work_mem = '8MB';
alter database postgres set statement_timeout = '5min';
${oddNames.map((name) => `create role "${name.replaceAll('"', '""')}"; grant "${name.replaceAll('"', '""')}" to bob;`).join("\n")}
`;

function portTo(server: PostgresServer): CatalogPort {
  return catalogPort({ hosts: leadTo(server.port), password: () => Promise.resolve(new SecretValue(password)) });
}

async function collect(server: PostgresServer, role: string, port = portTo(server)): Promise<CatalogSections> {
  const request = { host, port: 5432, database: "postgres", role, excludedDatabases: [], sensitiveColumns: [] };
  return (await collectCatalogs(request, port, forever)).sections;
}

function itemsOf<T>(section: { state: "collected"; items: readonly T[] } | { state: "unavailable" }): readonly T[] {
  if (section.state === "unavailable") throw new Error(JSON.stringify(section));
  return section.items;
}

describePostgres("all", (major, getServer) => {
  beforeAll(async () => {
    trust(getServer().ca);
    await getServer().asSuperuser((client) => client.query(fleet));
  });

  it("knows who asks and where", async () => {
    const [context] = itemsOf((await collect(getServer(), "scanner")).context);

    expect(context).toMatchObject({
      database: "postgres",
      currentUser: "scanner",
      sessionUser: "scanner",
      inRecovery: false,
      seesSettings: true,
      seesStats: true,
      seesHba: false,
      maxConnections: 60,
      clientAddress: "127.0.0.1",
    });
    expect(Math.trunc((context?.versionNum ?? 0) / 10_000)).toBe(major);
    expect(context?.systemIdentifier).toMatch(/^\d{10,}$/);
    expect(context?.connectable).toContain("postgres");
    expect(context?.connectable).not.toContain("azure_sys");
  });

  it("reads every role with attributes, validity, comment and odd names", async () => {
    const roles = itemsOf((await collect(getServer(), "scanner")).roles);

    expect(roles.find(({ name }) => name === "ann")).toEqual({
      name: "ann",
      oid: expect.any(Number),
      superuser: false,
      inherit: false,
      createRole: false,
      createDb: false,
      canLogIn: true,
      replication: false,
      bypassRls: false,
      connectionLimit: 3,
      validUntil: "2027-01-31T10:00:00Z",
      comment: `Ann's "own"`,
      labels: [],
      entra: null,
    });
    expect(roles.find(({ name }) => name === "bob")).toMatchObject({
      createDb: true,
      replication: true,
      bypassRls: true,
      connectionLimit: null,
      validUntil: "infinity",
    });
    expect(roles.find(({ name }) => name === "azuresu")).toMatchObject({ superuser: true });
    expect(roles.map(({ name }) => name)).toEqual(
      expect.arrayContaining([...oddNames, "pg_monitor", "azure_pg_admin"]),
    );
    expect(roles.every(({ name }) => !name.startsWith("["))).toBe(true);
  });

  it("reads memberships with their options", async () => {
    const memberships = itemsOf((await collect(getServer(), "scanner")).memberships);

    // Before 16 the member's own attribute decides; since then it decides only what a grant starts with.
    expect(memberships.filter(({ role }) => role === "team")).toEqual(
      expect.arrayContaining([
        { role: "team", member: "ann", grantor: "azuresu", admin: true, inherit: false, set: true },
        { role: "team", member: "bob", grantor: "azuresu", admin: false, inherit: true, set: true },
      ]),
    );
    for (const role of oddNames) expect(memberships).toContainEqual(expect.objectContaining({ role, member: "bob" }));
    expect(memberships.filter(({ role }) => role === "pg_database_owner")).toEqual(
      major < 14
        ? []
        : [
            {
              role: "pg_database_owner",
              member: "azuresu",
              grantor: "(implicit)",
              admin: false,
              inherit: true,
              set: true,
            },
          ],
    );
  });

  it("splits role settings at the first equals sign", async () => {
    const { roleSettings } = await collect(getServer(), "scanner");

    expect(itemsOf(roleSettings)).toEqual(
      expect.arrayContaining([
        { role: "ann", database: null, name: "search_path", value: expect.stringContaining("b=c") },
        { role: "bob", database: "postgres", name: "work_mem", value: "8MB" },
        { role: null, database: "postgres", name: "statement_timeout", value: "5min" },
      ]),
    );
  });

  it("reads the server's settings and none of its own session's", async () => {
    const settings = itemsOf((await collect(getServer(), "scanner")).settings);
    const named = new Map(settings.map((setting) => [setting.name, setting]));

    expect(named.get("ssl_min_protocol_version")).toMatchObject({ value: "TLSv1.2", source: "configuration file" });
    expect(named.get("password_encryption")).toMatchObject({ value: "scram-sha-256", pendingRestart: false });
    expect(named.get("shared_preload_libraries")).toMatchObject({ value: "" });
    expect(named.has("jit")).toBe(false);
    expect(named.has("statement_timeout")).toBe(false);
    expect(named.has("application_name")).toBe(false);
  });

  it("reads which kind of password every role has", async () => {
    const types = itemsOf((await collect(getServer(), "scanner")).passwordTypes);

    expect(types).toEqual(
      expect.arrayContaining([
        { role: "scanner", type: "scram-sha-256" },
        { role: "team", type: "none" },
      ]),
    );
  });

  it("counts sessions that look alike, and leaves its own out", async () => {
    const server = getServer();
    const { sessions } = await server.asAdministrator(() => collect(server, "scanner"));

    expect(itemsOf(sessions)).toContainEqual(
      expect.objectContaining({ role: "pgadmin", tls: true, network: "127.0.0.0/24", count: 1 }),
    );
    expect(itemsOf(sessions).filter(({ role }) => role === "scanner")).toEqual([]);
  });

  it("tells a login without any right what it may not see, and shows it the rest whole", async () => {
    const mine = await collect(getServer(), "nobody");
    const full = await collect(getServer(), "scanner");

    expect(mine.settings).toEqual({
      state: "unavailable",
      reason: "denied",
      detail:
        "Login nobody is no member of pg_read_all_settings: PostgreSQL hides some settings from it without a word. " +
        'An administrator runs: grant pg_read_all_settings to "nobody";',
    });
    expect(mine.sessions).toMatchObject({
      reason: "denied",
      detail: expect.stringContaining("pg_read_all_stats"),
    });
    expect(mine.roles).toEqual(full.roles);
    expect(mine.roleSettings).toEqual(full.roleSettings);
    expect(itemsOf(mine.memberships)).toHaveLength(itemsOf(full.memberships).length);
  });

  it("loses one section to one statement that fails", async () => {
    const server = getServer();
    await server.asSuperuser((client) => client.query("revoke select on pg_catalog.pg_db_role_setting from public"));
    try {
      const sections = await collect(server, "scanner");

      expect(sections.roleSettings).toMatchObject({ state: "unavailable", reason: "denied" });
      for (const name of ["context", "settings", "roles", "passwordTypes", "memberships", "sessions"] as const) {
        expect([name, sections[name].state]).toEqual([name, "collected"]);
      }
      expect(itemsOf(sections.settings).some(({ name }) => name === "jit")).toBe(false);
    } finally {
      await server.asSuperuser((client) => client.query("grant select on pg_catalog.pg_db_role_setting to public"));
    }
  });

  it("runs no function of that name that is not the platform's", async () => {
    const server = getServer();
    await server.asSuperuser(async (client) => {
      await client.query("alter function public.azure_roles_authtype() rename to hidden");
      await client.query("create schema evil authorization bob");
      await client.query(
        "create function evil.azure_roles_authtype() returns table (rolename name, authtype text) language sql as $$ select 'bob'::name, 'SCRAM-256' $$",
      );
      await client.query("alter function evil.azure_roles_authtype() owner to bob");
      await client.query("grant usage on schema evil to public");
    });
    try {
      expect((await collect(server, "scanner")).passwordTypes).toEqual({
        state: "unavailable",
        reason: "absent",
        detail: "This database has no azure_roles_authtype() of the platform.",
      });
    } finally {
      await server.asSuperuser(async (client) => {
        await client.query("drop schema evil cascade");
        await client.query("alter function public.hidden() rename to azure_roles_authtype");
      });
    }
  });

  it("cannot be led astray by a search_path of the database", async () => {
    const server = getServer();
    await server.asSuperuser(async (client) => {
      await client.query("create schema trap");
      await client.query("create view trap.pg_settings as select 'trapped'::text as name");
      await client.query(
        "create function trap.differs(text, text) returns boolean language plpgsql as $$ begin raise 'trapped'; end $$",
      );
      await client.query("create operator trap.<> (function = trap.differs, leftarg = text, rightarg = text)");
      await client.query("create operator trap.= (function = trap.differs, leftarg = text, rightarg = text)");
      await client.query("grant usage on schema trap to public");
      await client.query("alter database postgres set search_path = trap, pg_catalog");
    });
    try {
      const { settings, roles } = await collect(server, "scanner");

      expect(itemsOf(settings).some(({ name }) => name === "ssl")).toBe(true);
      expect(itemsOf(roles).some(({ name }) => name === "ann")).toBe(true);
    } finally {
      await server.asSuperuser(async (client) => {
        await client.query("alter database postgres reset search_path");
        await client.query("drop schema trap cascade");
      });
    }
  });

  it("gives every section the reason why there was no connection", async () => {
    const refused = catalogPort({
      hosts: leadTo(getServer().port),
      password: () => Promise.resolve(new SecretValue("not-it")),
    });

    const sections = await collect(getServer(), "scanner", refused);

    expect(Object.values(sections)).toHaveLength(11);
    for (const section of Object.values(sections)) expect(section).toMatchObject({ reason: "denied" });
  });

  it("writes nothing and leaves no session behind", async () => {
    const server = getServer();

    await collect(server, "scanner");

    const left = await server.asSuperuser((client) =>
      client.query("select count(*)::int as n from pg_stat_activity where application_name = 'pgwarden'"),
    );
    expect(left.rows).toEqual([{ n: 0 }]);
  });
});

import { createHash } from "node:crypto";
import { beforeAll, expect, it } from "@jest/globals";
import { collectCatalogs, type CollectedCatalogs } from "../../shared/collect/collectCatalog.ts";
import type { CatalogPort, Statement } from "../../shared/collect/collector.ts";
import type { DatabaseSectionName, DatabaseSections, Section } from "../../shared/model/section.ts";
import { describePostgres } from "../describePostgres.ts";
import { forever, trust } from "../postgres/localTarget.ts";
import { makeRichDatabase, portFor, requestBy } from "./fixtures/richDatabase.ts";

describePostgres([13, 18], (_, getServer) => {
  beforeAll(async () => {
    trust(getServer().ca);
    await makeRichDatabase(getServer());
  }, 60_000);

  function collect(port = portFor(getServer()), role = "scanner"): Promise<CollectedCatalogs> {
    return collectCatalogs(requestBy(role, ["azure_maintenance", "azure_sys"]), port, forever);
  }
  function alter(sql: string, database = "app") {
    return getServer().asSuperuser((client) => client.query(sql), database);
  }

  it("names the tables whose policies are locked, and loses nothing else to them", async () => {
    await getServer().asSuperuser(async (client) => {
      await client.query("begin; lock table app.accounts, app.orders in access exclusive mode");

      const app = sectionsOf(await collect(), "app");

      expect(gapsOf(app)).toEqual(["rowPolicies"]);
      expect(app.rowPolicies).toEqual({
        state: "unavailable",
        reason: "timeout",
        detail: "Row policies cannot be read while another session holds or awaits ACCESS EXCLUSIVE on app.accounts.",
      });
      await client.query("rollback");
    }, "app");
  }, 20_000);

  it("reads the policies after all when the lock is gone by then", async () => {
    const server = getServer();
    await server.asSuperuser(async (client) => {
      await client.query("begin; lock table app.accounts in access exclusive mode");
      const port = asking(portFor(server), async (sql) => {
        if (sql.startsWith("rollback to savepoint")) await client.query("rollback");
      });

      expect(gapsOf(sectionsOf(await collect(port), "app"))).toEqual([]);
    }, "app");
  }, 20_000);

  it("loses one section of one database to one statement that fails", async () => {
    await alter("revoke select on pg_catalog.pg_publication from public");
    try {
      const read = await collect();

      expect(gapsOf(sectionsOf(read, "app"))).toEqual(["publications"]);
      expect(sectionsOf(read, "app").publications).toMatchObject({ reason: "denied" });
      expect(gapsOf(sectionsOf(read, "postgres"))).toEqual([]);
    } finally {
      await alter("grant select on pg_catalog.pg_publication to public");
    }
  });

  it("loses one section to a statement that takes too long", async () => {
    const slow = rewriting(portFor(getServer()), (sql) =>
      sql
        .replace("statement_timeout = '60s'", "statement_timeout = '400ms'")
        .replace("select e.extname", "select pg_catalog.pg_sleep(1)::text, e.extname"),
    );

    const read = await collect(slow);

    expect(gapsOf(sectionsOf(read, "app"))).toEqual(["extensions"]);
    expect(sectionsOf(read, "app").extensions).toMatchObject({ reason: "timeout" });
    expect(read.sections.roles.state).toBe("collected");
  }, 20_000);

  it("names what refuses the login: no CONNECT, no connection left", async () => {
    await alter("create database closed allow_connections false");
    await alter("create database full_house connection limit 0");
    await alter("create database guarded");
    await alter("revoke connect on database guarded from public");
    try {
      const { databases, sections } = await collect();

      expect(databases.map(({ name }) => name)).toEqual(["app", "full_house", "guarded", "postgres"]);
      expect(databases[1]?.sections.acls).toMatchObject({
        reason: "unreachable",
        detail: expect.stringContaining("no connection left (53300)"),
      });
      expect(databases[2]?.sections.acls).toMatchObject({
        reason: "denied",
        detail: expect.stringContaining('grant connect on database "guarded" to "scanner";'),
      });
      expect(itemsOf(sections.databases).find(({ name }) => name === "closed")).toMatchObject({
        allowsConnections: false,
        connectable: false,
      });
    } finally {
      for (const name of ["closed", "full_house", "guarded"]) await alter(`drop database ${name}`);
    }
  });

  it("gives up a database that closed its doors after they were counted", async () => {
    const server = getServer();
    await alter("create database late");
    const port: CatalogPort = {
      async open(target, signal) {
        if (target.database === "late") await alter("alter database late allow_connections false");
        return portFor(server).open(target, signal);
      },
    };
    try {
      expect(sectionsOf(await collect(port), "late").acls).toMatchObject({
        reason: "unreachable",
        detail: expect.stringContaining("lets nobody into database late (55000)"),
      });
    } finally {
      await alter("drop database late");
    }
  });

  it("reads once more when a role is renamed between its name and its grants", async () => {
    await alter("grant connect on database app to app_ro");
    let renamed = 0;
    const port = asking(portFor(getServer()), async (sql) => {
      if (sql.includes("pg_shseclabel") && renamed === 0) {
        renamed += 1;
        await alter("alter role app_ro rename to app_reader");
      }
    });
    try {
      const read = await collect(port);

      const grantees = itemsOf(read.sections.sharedAcls).flatMap(({ grants }) => grants.map(({ grantee }) => grantee));
      expect(grantees).toContain("app_reader");
      expect(grantees).not.toContain("app_ro");
      expect(itemsOf(read.sections.roles).some(({ name }) => name === "app_reader")).toBe(true);
      expect(gapsOf(sectionsOf(read, "app"))).toEqual([]);
    } finally {
      await alter("alter role app_reader rename to app_ro");
    }
  });

  it("reads the roles anew with a database whose grants name one that came later", async () => {
    const server = getServer();
    const port: CatalogPort = {
      async open(target, signal) {
        if (target.database === "postgres") {
          await alter("create role newcomer");
          await alter("grant select on app.plain to newcomer");
          await alter("alter role newcomer rename to before");
        } else await alter("alter role before rename to newcomer");
        return portFor(server).open(target, signal);
      },
    };
    // Postgres comes last by name, but it is where the reading starts.
    try {
      const app = sectionsOf(await collect(port), "app");

      const grants = itemsOf(app.acls).find(({ objects }) => objects.includes("plain"))?.grants ?? [];
      expect(grants.map(({ grantee }) => grantee)).toContain("newcomer");
    } finally {
      await alter("drop owned by newcomer; drop role newcomer");
    }
  });

  it("gives up the ACLs when roles are renamed all the time", async () => {
    await alter("grant connect on database app to app_ro");
    let name = "app_ro";
    const port = asking(portFor(getServer()), async (sql) => {
      if (!sql.includes("pg_shseclabel")) return;
      const next = `${name}_`;
      await alter(`alter role ${name} rename to ${next}`);
      name = next;
    });
    try {
      const read = await collect(port);

      expect(read.sections.sharedAcls).toEqual({
        state: "unavailable",
        reason: "shape",
        detail: "ACLs name role app_ro__, which the list of roles does not have: roles are being renamed.",
      });
      expect(sectionsOf(read, "postgres").acls).toMatchObject({ reason: "shape" });
      expect(read.sections.memberships.state).toBe("collected");
    } finally {
      await alter(`alter role ${name} rename to app_ro`);
    }
  });

  it("is not disturbed by a role that is dropped between two statements", async () => {
    await alter("create role leaver; grant app_ro to leaver; alter role leaver set work_mem = '4MB'");
    const port = asking(portFor(getServer()), async (sql) => {
      if (sql.includes("pg_shseclabel")) await alter("drop role if exists leaver");
    });

    const { roles, memberships, ...rest } = (await collect(port)).sections;

    // Everything is as of the moment that the transaction began.
    expect(itemsOf(roles).some(({ name }) => name === "leaver")).toBe(true);
    expect(itemsOf(memberships).some(({ member }) => member === "leaver")).toBe(true);
    expect(rest.roleSettings.state).toBe("collected");
  });

  it("finds a view forty levels above its table, and comes back from a circle of views", async () => {
    const chain = Array.from({ length: 40 }, (_, index) => {
      const below = index === 0 ? "app.accounts" : `deep.v${index}`;
      return `create view deep.v${index + 1} as select id from ${below};`;
    });
    await alter(`create schema deep; ${chain.join("\n")}
      create view deep.round as select 1 as id;
      create view deep.trip as select id from deep.round;
      create or replace view deep.round as select t.id from deep.trip t, app.accounts a;`);
    try {
      const views = itemsOf(sectionsOf(await collect(), "app").protectedViews).filter(
        ({ schema }) => schema === "deep",
      );

      expect(Object.fromEntries(views.map(({ view, depth }) => [view, depth]))).toEqual({
        ...Object.fromEntries(chain.map((_, index) => [`v${index + 1}`, index + 1])),
        round: 1,
        trip: 2,
      });
      expect(new Set(views.map(({ readsAs }) => readsAs.join()))).toEqual(new Set(["azuresu"]));
    } finally {
      await alter("drop schema deep cascade");
    }
  });

  it("reads the jobs of pg_cron whole or not at all, and no table that only looks like its own", async () => {
    const job = "(schedule text, command text, database text, username text, active boolean)";
    const values = "values ('0 3 * * *', 'call app.work(1)', 'app', 'app_rw', true)";
    await alter(`create schema cron; create table cron.job ${job}; grant usage on schema cron to public;
      insert into cron.job ${values}; grant select on cron.job to public; create role overseer login bypassrls
      password 'scanner-of-this-test'`);
    const imposter = sectionsOf(await collect(), "app").cronJobs;
    await alter(`set allow_system_table_mods = on;
      insert into pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion)
        select 99999, 'pg_cron', 10, oid, false, '1.6' from pg_namespace where nspname = 'cron';
      insert into pg_depend values ('pg_class'::regclass, 'cron.job'::regclass, 0, 'pg_extension'::regclass, 99999, 0, 'e');
      alter table cron.job enable row level security;
      create policy own on cron.job using (username = current_user)`);
    try {
      const filtered = sectionsOf(await collect(), "app").cronJobs;
      const whole = sectionsOf(await collect(portFor(getServer()), "overseer"), "app").cronJobs;

      expect(imposter).toEqual({ state: "unavailable", reason: "absent", detail: "This database has no pg_cron." });
      expect(filtered).toEqual({
        state: "unavailable",
        reason: "denied",
        detail: "Row security shows login scanner only its own jobs in cron.job: it has no BYPASSRLS.",
      });
      expect(itemsOf(whole)).toEqual([
        {
          schedule: "0 3 * * *",
          database: "app",
          role: "app_rw",
          active: true,
          commandMd5: createHash("md5").update("call app.work(1)").digest("hex"),
        },
      ]);
    } finally {
      await alter(`set allow_system_table_mods = on; delete from pg_extension where oid = 99999;
        delete from pg_depend where refobjid = 99999; drop schema cron cascade; drop role overseer`);
    }
  });
});

describePostgres("all", (_, getServer) => {
  it("keeps the OIDs of roles that are gone apart from roles with numbers for names", async () => {
    const server = getServer();
    trust(server.ca);
    await makeRichDatabase(server);
    const oid = await server.asSuperuser(async (client) => {
      await client.query(`create role ghost; grant usage on schema app to ghost; grant select on app.plain to ghost with grant option;
        set role ghost; grant select on app.plain to app_ro; reset role;
        create table app.haunted (id int); alter table app.haunted owner to ghost;
        create policy ghostly on app.accounts to ghost using (true);
        alter default privileges for role app_owner grant update on tables to ghost;
        create user mapping for ghost server files`);
      const { rows } = await client.query<{ oid: number }>("select oid from pg_roles where rolname = 'ghost'");
      await client.query("set allow_system_table_mods = on; delete from pg_authid where rolname = 'ghost'");
      return rows[0]?.oid;
    }, "app");

    const app = sectionsOf(await collectCatalogs(requestBy("scanner"), portFor(server), forever), "app");

    const groups = itemsOf(app.acls);
    expect(groups.find(({ objects }) => objects.includes("plain"))?.grants).toEqual(
      expect.arrayContaining([
        { grantee: "app_ro", privileges: "r", grantors: [`oid:${oid}`] },
        { grantee: `oid:${oid}`, privileges: "r*", grantors: ["app_owner"] },
      ]),
    );
    expect(groups.find(({ objects }) => objects.includes("haunted"))).toMatchObject({ owner: `oid:${oid}` });
    expect(groups.find(({ objects }) => objects.includes("odd"))?.grants[0]).toMatchObject({ grantee: "12345" });
    expect(itemsOf(app.rowPolicies).find(({ name }) => name === "ghostly")?.roles).toEqual([`oid:${oid}`]);
    expect(itemsOf(app.defaultPrivileges).map(({ grantee }) => grantee)).toContain(`oid:${oid}`);
    expect(itemsOf(app.userMappings).map(({ role }) => role)).toContain(`oid:${oid}`);
  }, 60_000);
});

/** Sends every statement as a message of its own, after a look at it. */
function asking(port: CatalogPort, before: (sql: string) => Promise<unknown>): CatalogPort {
  return {
    async open(target, signal) {
      const inner = await port.open(target, signal);
      return {
        ...inner,
        async run(statements) {
          const answers = [];
          for (const statement of statements) {
            const [rows] = await inner.run([statement], signal);
            answers.push(rows ?? []);
            await before(typeof statement === "string" ? statement : statement.sql);
          }
          return answers;
        },
      };
    },
  };
}

function rewriting(port: CatalogPort, rewrite: (sql: string) => string): CatalogPort {
  function rewritten(statement: Statement): Statement {
    return typeof statement === "string" ? rewrite(statement) : { ...statement, sql: rewrite(statement.sql) };
  }
  return {
    async open(target, signal) {
      const inner = await port.open(target, signal);
      return { ...inner, run: (statements) => inner.run(statements.map(rewritten), signal) };
    },
  };
}

function sectionsOf({ databases }: CollectedCatalogs, wanted: string): DatabaseSections {
  const database = databases.find(({ name }) => name === wanted);
  if (database === undefined) throw new Error(`Database ${wanted} was not read.`);
  return database.sections;
}

/** What is missing for another reason than that the database has no such thing. */
function gapsOf(sections: DatabaseSections): readonly DatabaseSectionName[] {
  // Object.entries loses the keys, which are those of the sections.
  const entries = Object.entries(sections) as [DatabaseSectionName, Section<unknown>][];
  return entries.flatMap(([name, section]) =>
    section.state === "collected" || section.reason === "absent" ? [] : [name],
  );
}

function itemsOf<T>(section: Section<T>): readonly T[] {
  if (section.state === "unavailable") throw new Error(JSON.stringify(section));
  return section.items;
}

import { beforeAll, expect, it } from "@jest/globals";
import { collectCatalogs, type CollectedCatalogs } from "../../shared/collect/collectCatalog.ts";
import { byCodeUnit } from "../../shared/diff/canonical.ts";
import type { AclGroup } from "../../shared/model/databaseEvidence.ts";
import type { DatabaseSections, Section } from "../../shared/model/section.ts";
import { describePostgres } from "../describePostgres.ts";
import { forever, trust } from "../postgres/localTarget.ts";
import { longName, makeRichDatabase, portFor, requestBy } from "./fixtures/richDatabase.ts";

describePostgres("all", (major, getServer) => {
  let read: CollectedCatalogs;
  beforeAll(async () => {
    trust(getServer().ca);
    await makeRichDatabase(getServer());
    read = await collectCatalogs(requestBy("scanner"), portFor(getServer()), forever);
  }, 120_000);

  function app(): DatabaseSections {
    const database = read.databases.find(({ name }) => name === "app");
    if (database === undefined) throw new Error("Database app was not read.");
    return database.sections;
  }

  it("reads every database in scope, by name, and names the ones that the login may not enter", () => {
    expect(read.databases.map(({ name }) => name)).toEqual(["app", "azure_maintenance", "azure_sys", "postgres"]);
    expect(itemsOf(read.sections.databases).toSorted((a, b) => byCodeUnit(a.name, b.name))).toEqual([
      databaseFacts("app", { owner: "app_owner" }),
      databaseFacts("azure_maintenance", { connectable: false }),
      databaseFacts("azure_sys", { connectable: false }),
      databaseFacts("postgres", {}),
      databaseFacts("template0", { template: true, allowsConnections: false, connectable: false }),
      databaseFacts("template1", { template: true }),
    ]);
    expect(read.databases[1]?.sections.acls).toEqual({
      state: "unavailable",
      reason: "denied",
      detail:
        "Login scanner has no CONNECT on database azure_maintenance. " +
        'An administrator runs: grant connect on database "azure_maintenance" to "scanner";',
    });
  });

  it("reads the ACL of every kind of object, nulls expanded and the owner's own left out", () => {
    const own = itemsOf(app().acls).filter(({ schema }) => schema === "app" || schema === null);

    const odd = ["12345", "PUBLIC", "a,b=c/d", `it's "quoted"`, longName, "日本"];
    const byDefault = "PUBLIC=X by app_owner";
    const inherited = "app_ro=r by app_owner; app_rw=a*r* by app_owner";
    expect(linesOf(own)).toEqual(
      [
        "aggregate total(integer) of app_owner: PUBLIC=X by app_owner",
        'column "my, ""table"""."co.l" of app_owner: app_rw=w by app_owner',
        "column accounts.id of app_owner: app_ro=r by app_owner",
        "column accounts.tenant of app_owner: app_ro=w by app_owner",
        "domain code of app_owner: ",
        "fdw postgres_fdw of azuresu: ",
        "foreign_table remote of app_owner: ",
        "function add(integer, text) of app_owner: app_rw=X by app_owner",
        `function fast(integer) of app_owner: ${byDefault}`,
        "function guard() of azuresu: PUBLIC=X by azuresu",
        "function japanese() of app_owner: ",
        "function leak() of app_owner: ",
        "function native(integer, integer) of azuresu: PUBLIC=X by azuresu",
        "function quiet() of app_owner: ",
        "function shell() of azuresu: PUBLIC=X by azuresu",
        ...(major >= 14 ? [`function standard() of app_owner: ${byDefault}`] : []),
        "language plpgsql of azuresu: PUBLIC=U by azuresu",
        "language sneaky of azuresu: PUBLIC=U by azuresu",
        "large_object 4711 of app_owner: app_ro=r by app_owner",
        "matview daily of app_owner: ",
        `matview kept of app_owner: ${inherited}`,
        "procedure work(numeric) of app_owner: PUBLIC=X by app_owner",
        'schema app of app_owner: "PUBLIC"=U by app_owner; app_ro=U by app_owner; app_rw=U by app_owner',
        "schema ext of azuresu: ",
        "schema information_schema of azuresu: PUBLIC=U by azuresu",
        `schema public of azure_pg_admin: PUBLIC=${major >= 15 ? "U" : "CU"} by azure_pg_admin`,
        "sequence numbers of app_owner: app_rw=U by app_owner",
        "server files of app_owner: app_rw=U by app_owner",
        'table my, "table" of app_owner: ',
        "table accounts of app_owner: ",
        "table emptied of app_owner, who lacks rights: ",
        ...["events", "events_2026", "events_2026_1", "events_2026_2", "heir", "idle", "日本"].map(
          (name) => `table ${name} of app_owner: ${inherited}`,
        ),
        `table frozen of app_owner, who lacks rights: app_owner=a${major >= 17 ? "m" : ""}rtx by app_owner`,
        `table odd of app_owner: ${odd.map((name) => `${name === "PUBLIC" ? '"PUBLIC"' : name}=r by app_owner`).join("; ")}`,
        "table orders of app_owner: PUBLIC=r by app_ro; app_ro=r* by app_owner; app_rw=ar by app_owner, app_ro",
        `table plain of app_owner: ${major >= 17 ? "app_rw=m by app_owner" : ""}`,
        "type mood of app_owner: PUBLIC=U by app_owner; app_rw=U by app_owner",
        ...(major >= 15 ? ["view as_caller of app_owner: "] : []),
        `view over_accounts of app_owner: ${inherited}`,
        `view over_both of app_owner: ${inherited}`,
        "view recent of app_owner: PUBLIC=r by app_owner",
      ].toSorted(byCodeUnit),
    );
  });

  it("leaves system objects and those of extensions out, unless somebody changed their ACL", () => {
    const elsewhere = itemsOf(app().acls).filter(
      ({ schema }) => schema !== "app" && schema !== null && schema !== "information_schema",
    );

    expect(linesOf(elsewhere)).toEqual([
      "function crypt(text, text) of azuresu: PUBLIC=X by azuresu; app_rw=X by azuresu",
      "function pg_read_file(text) of azuresu: app_rw=X by azuresu",
      "table pg_authid of azuresu: app_ro=r by azuresu",
      "view pg_stats of azuresu: ",
    ]);
  });

  it("reads the ACLs of databases, tablespaces and parameters once", () => {
    expect(linesOf(itemsOf(read.sections.sharedAcls))).toEqual([
      "database app of app_owner: PUBLIC=c by app_owner",
      "database azure_maintenance of azuresu: ",
      "database azure_sys of azuresu: ",
      "database postgres of azuresu: PUBLIC=Tc by azuresu",
      "database template0 of azuresu: PUBLIC=c by azuresu",
      "database template1 of azuresu: PUBLIC=c by azuresu",
      ...(major >= 15 ? ["parameter log_statement of azuresu: app_rw=s by azuresu"] : []),
      "tablespace pg_default of azuresu: ",
      "tablespace pg_global of azuresu: ",
    ]);
  });

  it("states default privileges as differences from the built-in ones", () => {
    const owner = "app_owner";
    expect(new Set(itemsOf(app().defaultPrivileges))).toEqual(
      new Set([
        { owner, schema: "app", kind: "table", sign: "+", grantee: "app_rw", privileges: ["INSERT*", "SELECT*"] },
        { owner, schema: "app", kind: "type", sign: "+", grantee: null, privileges: ["USAGE"] },
        { owner, schema: null, kind: "function", sign: "-", grantee: null, privileges: ["EXECUTE"] },
        { owner, schema: null, kind: "schema", sign: "+", grantee: "PUBLIC", privileges: ["USAGE"] },
        { owner, schema: null, kind: "table", sign: "+", grantee: "app_ro", privileges: ["SELECT"] },
      ]),
    );
  });

  it("reads tables under row security, their partitions and their policies", () => {
    const table = {
      schema: "app",
      owner: "app_owner",
      enabled: true,
      forced: false,
      policyCount: 0,
      partitioned: false,
    };
    expect(new Set(itemsOf(app().protectedTables))).toEqual(
      new Set([
        { ...table, table: "accounts", forced: true, policyCount: 2 },
        { ...table, table: "events", partitioned: true },
        { ...table, table: "events_2026_2" },
        { ...table, table: "idle", enabled: false, policyCount: 1 },
        { ...table, table: "日本" },
      ]),
    );
    const partition = { schema: "app", parentSchema: "app", parentTable: "events", enabled: false };
    expect(new Set(itemsOf(app().partitions))).toEqual(
      new Set([
        { ...partition, table: "events_2026" },
        { ...partition, table: "events_2026_1" },
        { ...partition, table: "events_2026_2", enabled: true },
        { ...partition, table: "heir", parentTable: "idle" },
      ]),
    );
    const policy = { schema: "app", table: "accounts", command: "ALL", permissive: true, roles: [null], notNull: [] };
    expect(new Set(itemsOf(app().rowPolicies))).toEqual(
      new Set([
        { ...policy, name: "by_tenant", using: "(tenant = CURRENT_USER)", check: "(tenant IS NOT NULL)" },
        {
          ...policy,
          name: 'odd, "one"',
          command: "SELECT",
          permissive: false,
          roles: ["app_ro", "app_rw"],
          using: "true",
          check: null,
        },
        {
          ...policy,
          table: "idle",
          name: "unused",
          command: "INSERT",
          // Not PUBLIC, but a role of that name.
          roles: ["PUBLIC", "app_rw"],
          using: null,
          check: "(id > 0)",
        },
      ]),
    );
  });

  it("reads functions with their owner's rights, and which protected tables they mention", () => {
    const definer = {
      schema: "app",
      owner: "app_owner",
      language: "sql",
      extension: false,
      searchPath: null,
      publicExecute: false,
      bodyMd5: expect.stringMatching(/^[0-9a-f]{32}$/),
    };
    const functions = itemsOf(app().definerFunctions).toSorted((a, b) => byCodeUnit(a.signature, b.signature));
    expect(functions).toEqual([
      { ...definer, signature: "japanese()", mentions: ["app.日本"] },
      { ...definer, signature: "leak()", searchPath: "app, pg_temp", mentions: ["app.accounts"] },
      { ...definer, signature: "quiet()", language: "plpgsql", mentions: [] },
      ...(major >= 14
        ? [{ ...definer, signature: "standard()", publicExecute: true, mentions: ["app.accounts"] }]
        : []),
    ]);
    expect(new Set(functions.map(({ bodyMd5 }) => bodyMd5)).size).toBe(functions.length);
    expect(JSON.stringify(read)).not.toContain("another word");
  });

  it("reads views over protected tables, also through other views", () => {
    const view = {
      schema: "app",
      owner: "app_owner",
      materialized: false,
      invoker: false,
      tableSchema: "app",
      depth: 1,
      readsAs: ["app_owner"],
    };
    const accounts = { ...view, table: "accounts" };
    expect(new Set(itemsOf(app().protectedViews))).toEqual(
      new Set([
        { ...accounts, view: "over_accounts" },
        { ...accounts, view: "over_both", depth: 2 },
        { ...accounts, view: "kept", materialized: true, depth: 2 },
        ...(major >= 15 ? [{ ...accounts, view: "as_caller", invoker: true, readsAs: [null] }] : []),
        { ...view, table: "events", view: "over_both" },
      ]),
    );
  });

  it("reads extensions, languages, event triggers and functions worth a look", () => {
    expect(new Set(itemsOf(app().extensions).map(({ name, schema, owner }) => [name, schema, owner]))).toEqual(
      new Set([
        ["plpgsql", "pg_catalog", "azuresu"],
        ["pgcrypto", "ext", "azuresu"],
        ["postgres_fdw", "ext", "azuresu"],
        ["hstore", "ext", "azuresu"],
      ]),
    );
    for (const { version, defaultVersion } of itemsOf(app().extensions)) expect(version).toBe(defaultVersion);
    expect(new Set(itemsOf(app().languages))).toEqual(
      new Set([
        { name: "plpgsql", trusted: true, owner: "azuresu" },
        { name: "sneaky", trusted: false, owner: "azuresu" },
      ]),
    );
    expect(itemsOf(app().eventTriggers)).toEqual([
      { name: "guard", event: "ddl_command_end", enabled: "D", owner: "azuresu", function: "app.guard" },
    ]);
    const facts = { schema: "app", owner: "azuresu", trustedLanguage: false, leakproof: false };
    expect(new Set(itemsOf(app().notableFunctions))).toEqual(
      new Set([
        { ...facts, signature: "shell()", language: "sneaky" },
        { ...facts, signature: "native(integer, integer)", language: "internal" },
        {
          ...facts,
          signature: "fast(integer)",
          owner: "app_owner",
          language: "sql",
          trustedLanguage: true,
          leakproof: true,
        },
      ]),
    );
  });

  it("reads what leaves the database, and no secret of it", () => {
    expect(new Set(itemsOf(app().publications))).toEqual(
      new Set([
        { name: "everything", owner: "azuresu", allTables: true, tables: [], schemas: [] },
        { name: "few", owner: "app_owner", allTables: false, tables: ["app.accounts", "app.orders"], schemas: [] },
        ...(major >= 15 ? [{ name: "whole", owner: "app_owner", allTables: false, tables: [], schemas: ["app"] }] : []),
      ]),
    );
    expect(itemsOf(app().userMappings)).toEqual([
      { server: "files", role: null },
      { server: "files", role: "scanner" },
    ]);
    expect(itemsOf(app().foreignServers)).toEqual([
      {
        name: "files",
        wrapper: "postgres_fdw",
        owner: "app_owner",
        options: ["dbname=files", "host=db.internal", "passfile=<redacted>", "port=5432", "sslmode=verify-full"],
      },
    ]);
    expect(itemsOf(read.sections.subscriptions)).toEqual([
      {
        database: "app",
        name: "inward",
        owner: "azuresu",
        enabled: false,
        publications: ["few"],
        passwordRequired: major >= 16 ? true : null,
        runAsOwner: major >= 16 ? false : null,
      },
    ]);
    expect(JSON.stringify(read)).not.toMatch(/not-to-be-read|\/etc\/pass/);
  });

  it("reads replication slots and what they hold back", () => {
    expect(itemsOf(read.sections.replicationSlots)).toEqual([
      { name: "fresh", type: "physical", database: null, active: false, retainedBytes: null },
      { name: "stuck", type: "physical", database: null, active: false, retainedBytes: expect.any(Number) },
    ]);
  });

  it("reads only the columns whose names match the patterns that it is given", () => {
    expect(itemsOf(app().sensitiveColumns)).toEqual([
      { schema: "app", table: "accounts", column: "password_hash" },
      { schema: "app", table: "accounts", column: "ApiKey" },
    ]);
  });
});

function itemsOf<T>(section: Section<T>): readonly T[] {
  if (section.state === "unavailable") throw new Error(JSON.stringify(section));
  return section.items;
}

/** One line an object; a role that is called PUBLIC in quotes, as SQL needs it. */
function linesOf(groups: readonly AclGroup[]): readonly string[] {
  return groups
    .flatMap(({ kind, objects, owner, ownerFull, grants }) => {
      const entries = grants.map(({ grantee, privileges, grantors }) => {
        const name = grantee === null ? "PUBLIC" : grantee === "PUBLIC" ? '"PUBLIC"' : grantee;
        return `${name}=${privileges} by ${grantors.join(", ")}`;
      });
      const who = ownerFull ? owner : `${owner}, who lacks rights`;
      return objects.map((object) => `${kind} ${object} of ${who}: ${entries.join("; ")}`);
    })
    .toSorted(byCodeUnit);
}

function databaseFacts(name: string, override: object) {
  return {
    name,
    owner: "azuresu",
    allowsConnections: true,
    template: false,
    connectable: true,
    excluded: false,
    ...override,
  };
}

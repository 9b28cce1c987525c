import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, statSync, writeFileSync, chownSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, expect, it } from "@jest/globals";
import { collectCatalogs, type CollectedCatalogs } from "../../shared/collect/collectCatalog.ts";
import { databaseRights } from "../../shared/collect/rights.ts";
import { canonicalJson } from "../../shared/diff/canonical.ts";
import { postgresBinaries } from "../../shared/local/postgresBinaries.ts";
import type { PostgresServer } from "../../shared/local/postgresServer.ts";
import type { Section } from "../../shared/model/section.ts";
import { describePostgres } from "../describePostgres.ts";
import { forever, trust } from "../postgres/localTarget.ts";
import { makeRichDatabase, portFor, requestBy } from "./fixtures/richDatabase.ts";

describePostgres([13, 18], (_, getServer) => {
  beforeAll(async () => {
    trust(getServer().ca);
    await makeRichDatabase(getServer());
    await getServer().asSuperuser((client) => client.query("create database closed"));
    await getServer().asSuperuser((client) => client.query("revoke connect on database closed from public"));
  }, 60_000);

  it("turns a right that is missing into a section that is unavailable, and never into other content", async () => {
    const server = getServer();
    const whole = sectionsOf(await read(server, "superuser"));
    const missing: Record<string, readonly string[]> = {};
    for (const login of ["scanner", "nobody", "administrator"] as const) {
      const sections = sectionsOf(await read(server, login));

      expect([...sections.keys()]).toEqual([...whole.keys()]);
      for (const [name, section] of sections) {
        if (section.state === "unavailable") continue;
        expect([login, name, comparable(name, section)]).toEqual([login, name, comparable(name, whole.get(name))]);
      }
      missing[login] = gapsOf(sections);
    }

    expect(missing["scanner"]).toEqual(["closed/*"]);
    expect(missing["nobody"]).toEqual(["closed/*", "sessions", "settings"]);
    expect(missing["administrator"]).toEqual(["closed/*", "sessions", "settings"]);
  });

  it("is cured by exactly the statements that the rights name", async () => {
    const server = getServer();
    await server.asSuperuser((client) => client.query("create role cured login password 'scanner-of-this-test'"));
    await server.asSuperuser((client) => client.query("revoke execute on function azure_roles_authtype() from public"));
    const rights = databaseRights("cured", "postgres", ["app", "closed", "postgres"]);

    const before = gapsOf(sectionsOf(await read(server, "cured")));
    const cures: Record<string, readonly string[]> = {};
    for (const { name, database, runIn, sql } of rights) {
      if (name === "Entra principal" || name === "BYPASSRLS") continue;
      const ill = gapsOf(sectionsOf(await read(server, "cured")));
      await server.asSuperuser((client) => client.query(sql), runIn);
      const well = gapsOf(sectionsOf(await read(server, "cured")));
      cures[database === null ? name : `${name} ${database}`] = ill.filter((gap) => !well.includes(gap));
    }

    expect(before).toEqual(["closed/*", "passwordTypes", "sessions", "settings"]);
    expect(cures).toEqual({
      pg_read_all_settings: ["settings"],
      pg_read_all_stats: ["sessions"],
      "EXECUTE on azure_roles_authtype()": ["passwordTypes"],
      "CONNECT postgres": [],
      "CONNECT app": [],
      "CONNECT closed": ["closed/*"],
    });
    expect(gapsOf(sectionsOf(await read(server, "cured")))).toEqual([]);
    await server.asSuperuser((client) => client.query("grant execute on function azure_roles_authtype() to public"));
  }, 20_000);

  it("reads a hot standby like the primary that it was copied from", async () => {
    const server = getServer();
    const before = sectionsOf(await read(server, "scanner"));

    const after = await asStandby(server, () => read(server, "scanner"));

    expect(after.sections.context).toMatchObject({ items: [{ inRecovery: true }] });
    const sections = sectionsOf(after);
    expect(gapsOf(sections)).toEqual(["closed/*"]);
    for (const [name, section] of sections) {
      if (name === "sessions" || name === "settings") continue;
      expect([name, comparable(name, section)]).toEqual([name, comparable(name, before.get(name))]);
    }
  }, 60_000);
});

type Login = "scanner" | "nobody" | "cured" | "administrator" | "superuser";

function read(server: PostgresServer, login: Login): Promise<CollectedCatalogs> {
  const known = login === "administrator" || login === "superuser" ? server[login] : null;
  const request = requestBy(known?.user ?? login, ["azure_maintenance", "azure_sys"]);
  return collectCatalogs(request, portFor(server, known?.password), forever);
}

/** Every section of the server, and of each database as `database/section`. */
function sectionsOf({ sections, databases }: CollectedCatalogs): ReadonlyMap<string, Section<unknown>> {
  const perDatabase = databases.flatMap(({ name, sections: own }) =>
    Object.entries(own).map(([section, content]): [string, Section<unknown>] => [`${name}/${section}`, content]),
  );
  return new Map([...Object.entries(sections), ...perDatabase]);
}

/** A database of which everything is missing is `name/*`; what it cannot have is not missing. */
function gapsOf(sections: ReadonlyMap<string, Section<unknown>>): readonly string[] {
  const names = [...sections].flatMap(([name, section]) =>
    section.state === "unavailable" && section.reason !== "absent" ? [name] : [],
  );
  return [...new Set(names.map((name) => name.replace(/^closed\/.*/, "closed/*")))].sort();
}

/** Without order, and without what is about the login that asks or moves by itself. */
function comparable(name: string, section: Section<unknown> | undefined): unknown {
  if (section?.state !== "collected") return section;
  if (name === "context") return "about the login";
  const aside = name === "databases" ? ["connectable"] : name === "replicationSlots" ? ["retainedBytes"] : [];
  return section.items
    .map((item) =>
      canonicalJson(Object.fromEntries(Object.entries(item as object).filter(([key]) => !aside.includes(key)))),
    )
    .sort();
}

/** The server restarts on its own data as a standby that waits for WAL, and after the work as it was. */
async function asStandby<T>(server: PostgresServer, work: () => Promise<T>): Promise<T> {
  const data = await server.asSuperuser(async (client) => {
    const { rows } = await client.query<{ data_directory: string }>("show data_directory");
    return rows[0]?.data_directory ?? "";
  });
  await server.pause();
  const { uid, gid } = statSync(data);
  writeFileSync(join(data, "standby.signal"), "");
  chownSync(join(data, "standby.signal"), uid, gid);
  const copied = join(dirname(data), "native", "bin", "postgres");
  const command = existsSync(copied) ? copied : postgresBinaries(server.major).postgres;
  const child = spawn(command, ["-D", data, "-c", `port=${server.port}`], {
    uid,
    gid,
    cwd: data,
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = once(child, "exit");
  try {
    let log = "";
    await new Promise<void>((resolve, reject) => {
      child.stderr.on("data", (text: Buffer) => {
        log += text.toString();
        if (/ready to accept read.only connections/.test(log)) resolve();
      });
      child.once("exit", () => {
        reject(new Error(log));
      });
    });
    return await work();
  } finally {
    child.kill("SIGINT");
    await ended;
  }
}

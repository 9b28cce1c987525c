import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { writeLocalEnvironment } from "../../shared/local/startLocalAzure.ts";
import { fleetUnderTest } from "./fleetUnderTest.ts";
import { type Ended, pgwarden } from "./pgwardenProcess.ts";

const fleet = fleetUnderTest();
const limitMs = 60_000;

let directory = "";
let envFile = "";

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "pgwarden-cli-"));
  envFile = await writeLocalEnvironment(directory, fleet.local().environment);
});

afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
});

function access(...args: readonly string[]): Promise<Ended> {
  return pgwarden(["access", ...args, "--env-file", envFile]);
}

async function asAdministrator(sql: string): Promise<void> {
  const orders = fleet.local().servers.find(({ name }) => name === "orders");
  await orders?.asAdministrator((client) => client.query(sql));
}

describe("pgwarden access", () => {
  it(
    "names everyone who can become azure_pg_admin, with the path of a chain that was just made",
    async () => {
      await asAdministrator("create role night_ops; create role porter login; grant night_ops to porter");
      const orders = fleet.local().servers.find(({ name }) => name === "orders");
      await orders?.asSuperuser((client) => client.query("grant azure_pg_admin to night_ops with inherit false"));

      const json = await access("--to", "azure_pg_admin", "--server", "orders", "--format", "json");
      const table = await access("--to", "azure_pg_admin", "--server", "orders");

      expect(json).toMatchObject({ code: 0, stderr: "" });
      expect(JSON.parse(json.stdout)).toMatchObject({
        schema: "pgwarden.access/1",
        target: { kind: "role", name: "azure_pg_admin" },
        principals: expect.arrayContaining([
          {
            role: "porter",
            login: true,
            how: "set",
            path: ["porter", "night_ops", "azure_pg_admin"],
            via: { kind: "membership", role: "azure_pg_admin" },
          },
        ]) as unknown,
        missing: [],
      });
      expect(table.code).toBe(0);
      expect(table.stdout).toContain("Who reaches role azure_pg_admin:");
      expect(table.stdout).toMatch(/^porter +yes +set +porter → night_ops → azure_pg_admin$/m);
      expect(table.stdout).toMatch(/^night_ops +no /m);
    },
    limitMs,
  );

  it(
    "names who reaches a table and who gets past its row security",
    async () => {
      const { code, stdout } = await access("--to", "public.accounts", "--database", "shop", "--server", "orders");

      expect(code).toBe(0);
      expect(stdout).toMatch(/^Who reaches table public\.accounts of database shop \(owner \w+, row security on\):$/m);
      expect(stdout).toMatch(/^demouser +yes +inherit +demouser → managers; SELECT, UPDATE granted to managers$/m);
      expect(stdout).toContain("Who gets past its row security:");
    },
    limitMs,
  );

  it.each([
    ["a target that is nothing", ["--to", "nobody", "--server", "orders"], "nobody is no role, and no object of"],
    [
      "a database that is not there",
      ["--to", "public.accounts", "--database", "x", "--server", "orders"],
      "Database x",
    ],
    ["no target", ["--server", "orders"], "required option '--to <target>' not specified"],
    ["no server among several", ["--to", "managers"], "--server names one of the 3 servers in scope"],
    ["a server out of scope", ["--to", "managers", "--server", "billing"], 'There is no server "billing" in scope'],
  ])(
    "exits 2 for %s",
    async (_name, args, message) => {
      const { code, stdout, stderr } = await access(...args);

      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toContain(message);
    },
    limitMs,
  );

  it(
    "exits 3 when nobody can say, because the scanner cannot log in",
    async () => {
      const crm = fleet.local().servers.find(({ name }) => name === "crm");
      await crm?.asSuperuser((client) => client.query('alter role "pgwarden-scanner" nologin'));
      const { code, stdout, stderr } = await access("--to", "azure_pg_admin", "--server", "crm");
      await crm?.asSuperuser((client) => client.query('alter role "pgwarden-scanner" login'));

      expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
      expect(stderr).toContain("crm: nobody can say who reaches azure_pg_admin: roles not read (denied)");
    },
    limitMs,
  );
});

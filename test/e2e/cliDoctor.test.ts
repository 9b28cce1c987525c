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

function doctor(...args: readonly string[]): Promise<Ended> {
  return pgwarden(["doctor", ...args, "--env-file", envFile]);
}

function server(name: string) {
  const found = fleet.local().servers.find((one) => one.name === name);
  if (found === undefined) throw new Error(`The fleet has no server ${name}.`);
  return found;
}

describe("pgwarden doctor", () => {
  it(
    "finds nothing missing where the scanner has every right",
    async () => {
      const { code, stdout } = await doctor("--server", "ledger");

      expect({ code, stdout }).toEqual({
        code: 0,
        stdout: "ledger\n  held     every right that it needs; every section was read\n",
      });
    },
    limitMs,
  );

  it(
    "says which section a missing right costs, and its own statement brings it back",
    async () => {
      await server("orders").asSuperuser(async (client) => {
        await client.query('revoke pg_read_all_settings from "pgwarden-scanner"');
        await client.query("revoke connect on database shop from public");
      });

      const ill = await doctor("--server", "orders");
      const grants = await doctor("--server", "orders", "--print-grants");

      expect(ill.code).toBe(3);
      expect(ill.stdout).toContain("missing  pg_read_all_settings: ");
      expect(ill.stdout).toContain("costs settings");
      expect(ill.stdout).toContain("missing  CONNECT on database shop: ");
      const ofScanner = grants.stdout.slice(0, grants.stdout.indexOf("the role of the rotator's identity"));
      const statements = ofScanner.split("\n").filter((line) => /^(?:grant|alter|select) /.test(line));
      expect(statements).toEqual([
        'grant pg_read_all_settings to "pgwarden-scanner";',
        'grant connect on database "shop" to "pgwarden-scanner";',
      ]);
      for (const statement of statements) await server("orders").asSuperuser((client) => client.query(statement));
      expect((await doctor("--server", "orders")).stdout).toContain(
        "orders\n  held     every right that it needs; every section was read\n",
      );
    },
    limitMs,
  );

  it(
    "prints the least that Azure must grant: a role of reads, assigned where the configuration scans",
    async () => {
      const { stdout } = await doctor("--server", "ledger", "--print-grants");

      const definition = /--role-definition '(.*)'/.exec(stdout)?.[1] ?? "{}";
      const { Actions, AssignableScopes } = JSON.parse(definition) as { Actions: string[]; AssignableScopes: string[] };
      expect(Actions.length).toBeGreaterThan(8);
      expect(Actions.filter((action) => !action.endsWith("/read") || action.includes("*"))).toEqual([]);
      expect(AssignableScopes).toEqual(["/subscriptions/11111111-2222-3333-4444-555555555555"]);
      expect(stdout).toContain("az role assignment create --assignee-object-id ");
      expect(stdout).toContain('\\connect "ledger"');
      // What is held stands there as a comment.
      expect(stdout.split("\n").filter((line) => /^(?:grant|alter|select) /.test(line))).toEqual([]);
      expect(stdout).toContain('-- held: grant pg_read_all_stats to "pgwarden-scanner";');
    },
    limitMs,
  );

  it(
    "names the action that Azure refuses, in text and JSON",
    async () => {
      const path = /\/flexibleservers\/crm\/firewallrules/i;
      const mend = fleet.local().emulator.faults.add({ path, action: { kind: "status", status: 403 } });
      const text = await doctor("--server", "crm");
      const json = await doctor("--server", "crm", "--format", "json");
      mend();

      expect(text.code).toBe(3);
      expect(text.stdout).toContain("missing  Microsoft.DBforPostgreSQL/flexibleServers/firewallRules/read");
      const [crm] = JSON.parse(json.stdout) as { server: string; azure: { name: string; state: string }[] }[];
      expect(crm?.server).toBe("crm");
      expect(crm?.azure.filter(({ state }) => state !== "held").map(({ name }) => name)).toEqual([
        "Microsoft.DBforPostgreSQL/flexibleServers/firewallRules/read",
      ]);
    },
    limitMs,
  );

  it(
    "names the role on the workspace that logins are read from, and the command that assigns it there",
    async () => {
      const [[id, workspace] = []] = fleet.local().state.workspaces;
      const readers = workspace?.readers.splice(0) ?? [];
      const ill = await doctor("--server", "crm");
      const grants = await doctor("--server", "crm", "--print-grants");
      workspace?.readers.push(...readers);

      expect(ill.code).toBe(3);
      expect(ill.stdout).toContain(`missing  Log Analytics Data Reader on workspace ${id}: `);
      expect(ill.stdout).toContain("costs loginHistory");
      const command = grants.stdout.split("\n").find((line) => line.includes("Log Analytics Data Reader"));
      expect(command).toMatch(/^az role assignment create --assignee-object-id .+ --role "Log Analytics Data Reader"/);
      expect(command).toContain(`--scope ${id}`);
      expect((await doctor("--server", "crm")).code).toBe(0);
    },
    limitMs,
  );

  it(
    "prints everything for a server that it cannot log in to yet, and says that more databases may follow",
    async () => {
      await server("crm").asSuperuser((client) => client.query('alter role "pgwarden-scanner" nologin'));
      const grants = await doctor("--server", "crm", "--print-grants");
      const text = await doctor("--server", "crm");
      await server("crm").asSuperuser((client) => client.query('alter role "pgwarden-scanner" login'));

      expect([grants.code, text.code]).toEqual([3, 3]);
      expect(grants.stdout).toContain("pgaadauth_create_principal('pgwarden-scanner', false, false);");
      expect(grants.stdout).toContain("run this again after the first grants");
      expect(text.stdout).toContain("(28000)");
      expect(text.stdout).toContain("unknown  Entra principal, ");
    },
    limitMs,
  );

  it(
    "says what rotation lacks, and prints the statements and commands that give it",
    async () => {
      const text = await doctor("--server", "orders");
      const grants = await doctor("--server", "orders", "--print-grants");
      const json = await doctor("--server", "orders", "--format", "json");

      expect([text.code, grants.code, json.code]).toEqual([3, 3, 3]);
      expect(text.stdout).toContain("credential shop on orders\n  missing  LEDGER_MISSING: ");
      expect(text.stdout).toContain("credential orders-admin on orders\n  held ");
      expect(grants.stdout).toContain('create role "shop_owner" nologin;');
      expect(grants.stdout).toContain("create schema if not exists pgwarden;");
      expect(grants.stdout).toContain("Microsoft.KeyVault/vaults/secrets/recover/action");
      const [orders] = JSON.parse(json.stdout) as { credentials: { name: string; faults: { code: string }[] }[] }[];
      expect(orders?.credentials.map(({ name, faults }) => [name, ...faults.map(({ code }) => code)])).toEqual([
        ["shop", "LEDGER_MISSING"],
        ["orders-admin"],
      ]);
    },
    limitMs,
  );

  it(
    "exits 2 for a server that is not in scope",
    async () => {
      const { code, stderr } = await doctor("--server", "billing");

      expect(code).toBe(2);
      expect(stderr).toContain('There is no server "billing" in scope');
    },
    limitMs,
  );
});

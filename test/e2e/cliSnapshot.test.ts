import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
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

function file(name: string): string {
  return join(directory, name);
}

async function take(name: string, server = "orders"): Promise<Ended> {
  return await pgwarden(["snapshot", "--server", server, "--out", file(name), "--env-file", envFile]);
}

describe("pgwarden snapshot and diff", () => {
  it(
    "write the same bytes twice for an unchanged server, packed when the name says so",
    async () => {
      const first = await take("first.json");
      const second = await take("second.json.gz");
      const printed = await pgwarden(["snapshot", "--server", "orders", "--env-file", envFile]);

      expect(first).toMatchObject({ code: 0, stdout: "" });
      expect(first.stderr).toMatch(/^orders: [0-9a-f]{64} in .*first\.json\n$/);
      expect(second.code).toBe(0);
      const bytes = await readFile(file("first.json"), "utf8");
      expect(gunzipSync(await readFile(file("second.json.gz"))).toString()).toBe(bytes);
      expect(printed.stdout).toBe(bytes);
    },
    limitMs,
  );

  it(
    "find no drift between two snapshots of one state",
    async () => {
      expect(await pgwarden(["diff", file("first.json"), file("second.json.gz")])).toEqual({
        code: 0,
        stdout: "No drift.\n",
        stderr: "",
      });
    },
    limitMs,
  );

  it(
    "exit 1 with the cause when something changed, in either direction",
    async () => {
      const orders = fleet.local().servers.find(({ name }) => name === "orders");
      await orders?.asAdministrator((client) => client.query("create role night_shift login createrole"));
      await take("third.json");

      const added = await pgwarden(["diff", file("first.json"), file("third.json"), "--format", "json"]);
      const removed = await pgwarden(["diff", file("third.json"), file("first.json")]);

      expect(added.code).toBe(1);
      expect(JSON.parse(added.stdout)).toMatchObject({
        serverId: expect.stringContaining("/flexibleservers/orders") as unknown,
        drifts: [{ cause: "role/night_shift", change: "added", severity: "high" }],
      });
      expect(removed.code).toBe(1);
      expect(removed.stdout).toMatch(/removed +role\/night_shift/);
    },
    limitMs,
  );

  it(
    "say so when the two snapshots are of two servers",
    async () => {
      await take("ledger.json", "ledger");

      const { code, stderr } = await pgwarden(["diff", file("first.json"), file("ledger.json")]);

      expect(code).toBe(1);
      expect(stderr).toContain("The snapshots are of two servers");
    },
    limitMs,
  );

  it(
    "exit 2 for a server that has to be named, or is not in scope",
    async () => {
      const several = await pgwarden(["snapshot", "--env-file", envFile]);
      const unknown = await take("x.json", "billing");

      expect(several.code).toBe(2);
      expect(several.stderr).toContain("--server names one of the 3 servers in scope: ");
      expect(unknown.code).toBe(2);
      expect(unknown.stderr).toContain('There is no server "billing" in scope');
    },
    limitMs,
  );

  it(
    "exit 3 and say what is missing when a section could not be read",
    async () => {
      const path = /\/flexibleservers\/orders\/firewallrules/i;
      const mend = fleet.local().emulator.faults.add({ path, action: { kind: "status", status: 403 } });
      const { code, stderr } = await take("partial.json");
      mend();

      expect(code).toBe(3);
      expect(stderr).toContain("orders: firewallRules not read (denied)");
    },
    limitMs,
  );

  it.each([
    ["cut short", (bytes: Buffer) => bytes.subarray(0, 1000), "is cut short"],
    ["packed and cut short", (bytes: Buffer) => gzipSync(bytes).subarray(0, 100), "is cut short or no gzip"],
    ["empty", () => Buffer.alloc(0), "is empty"],
    ["edited", (bytes: Buffer) => Buffer.from(bytes.toString().replace("pgadmin", "pgadmix")), "was edited"],
    ["reformatted", (bytes: Buffer) => Buffer.from(JSON.stringify(JSON.parse(bytes.toString()), null, 2)), "edited"],
    ["of another version", (bytes: Buffer) => Buffer.from(bytes.toString().replace("snapshot/", "snapshot/9")), "9"],
    ["another kind of file", () => Buffer.from("{}"), "another kind of file"],
  ])(
    "exit 2 for a file that is %s",
    async (_name, spoil, message) => {
      await writeFile(file("spoilt.json"), spoil(await readFile(file("first.json"))));

      const { code, stdout, stderr } = await pgwarden(["diff", file("first.json"), file("spoilt.json")]);

      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toContain("spoilt.json");
      expect(stderr).toContain(message);
    },
    limitMs,
  );

  it(
    "exit 2 for a file that is not there",
    async () => {
      const { code, stderr } = await pgwarden(["diff", file("first.json"), file("nothing.json")]);

      expect(code).toBe(2);
      expect(stderr).toContain("nothing.json cannot be read (ENOENT).");
    },
    limitMs,
  );
});

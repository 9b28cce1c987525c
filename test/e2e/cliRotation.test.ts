import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import * as v from "valibot";
import { rotationFleet } from "../../shared/local/rotationFleet.ts";
import { writeLocalEnvironment } from "../../shared/local/startLocalAzure.ts";
import { CredentialsReport } from "../../shared/publish/credentialsSchema.ts";
import { fleetUnderTest } from "./fleetUnderTest.ts";
import { type Ended, pgwarden } from "./pgwardenProcess.ts";

const fleet = fleetUnderTest(rotationFleet([16]));
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

function run(...args: readonly string[]): Promise<Ended> {
  return pgwarden([...args, "--env-file", envFile]);
}

function secrets(): readonly string[] {
  return [...fleet.local().state.vault.secrets.values()].flatMap(({ name, versions }) =>
    versions.map(({ tags }) => `${name} ${tags["pgwarden-gen"] ?? "-"} ${tags["pgwarden-state"] ?? "-"}`),
  );
}

/** Every password that the vault holds or held; none may be printed. */
function passwords(): readonly string[] {
  return [...fleet.local().state.vault.secrets.values()].flatMap(({ versions }) =>
    versions.map(({ value }) => v.parse(v.object({ password: v.string() }), JSON.parse(value)).password),
  );
}

function server() {
  const [only] = fleet.local().servers;
  if (only === undefined) throw new Error("The fleet has no server.");
  return only;
}

describe("pgwarden rotate, recover and credentials", () => {
  it(
    "lists credentials that nobody has rotated, by a schema that is documented",
    async () => {
      const { code, stdout, stderr } = await run("credentials", "--format", "json");

      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      const { credentials } = v.parse(CredentialsReport, JSON.parse(stdout));
      expect(credentials.map(({ name, state, secret, published }) => ({ name, state, secret, published }))).toEqual(
        ["shop-16", "report-16", "admin-16"].map((name) => ({ name, state: "new", secret: "absent", published: null })),
      );
    },
    limitMs,
  );

  it(
    "says in a dry run that the ledger is missing and what to run, and exits 4; init makes it, and nothing a second time",
    async () => {
      const before = await run("rotate", "shop-16", "--dry-run");
      const printed = await run("credentials", "init", "shop-16");
      const applied = await run("credentials", "init", "shop-16", "--apply");
      const again = await run("credentials", "init", "shop-16", "--apply");
      const after = await run("rotate", "shop-16", "--dry-run");

      expect(before.code).toBe(4);
      expect(before.stderr).toContain("LEDGER_MISSING: The database postgres has no table pgwarden.ledger.");
      expect(before.stderr).toContain("pgwarden credentials init");
      expect([printed.code, applied.code, again.code]).toEqual([0, 0, 0]);
      expect(printed.stdout).toContain("create schema if not exists pgwarden;");
      expect(printed.stdout).toContain("Microsoft.KeyVault/vaults/secrets/setSecret/action");
      expect(applied.stdout).toContain("-- Done on server shop-16:");
      expect(again.stdout).toContain("-- Server shop-16 has everything that shop-16 needs.");
      expect(after.code).toBe(0);
      expect(after.stdout).toContain("1. Store a new password for role shop_a in shop-16--next as generation 1.");
      expect(after.stdout).toContain("Nothing stands in the way. Nothing was changed.");
      expect(after.stderr).toContain("STATEMENTS_LOGGED");
      expect(secrets()).toEqual([]);
    },
    limitMs,
  );

  it(
    "rotates each strategy to its end, shows every step and no password",
    async () => {
      const ended = [
        await run("rotate", "shop-16"),
        await run("rotate", "report-16"),
        await run("rotate", "admin-16"),
        await run("credentials"),
      ];

      expect(ended.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
      const [shop, , , list] = ended;
      expect(
        [...(shop?.stdout ?? "").matchAll(/^([a-zA-Z]+) +(?:done|found) +\d+ /gm)].map(([, step]) => step),
      ).toEqual(["preflight", "prepare", "apply", "verify", "publish", "close", "prove"]);
      expect(shop?.stdout).toMatch(/shop-16: rotated\. Published is generation 1 \(version \w{32}\): shop_a logs in\./);
      expect(list?.stdout).toMatch(
        /^shop-16 +shop-16 +alternating +shop_a +\d+(?:s|min) +\d{4}-\d\d-\d\d .* healthy$/m,
      );
      const shown = ended.map(({ stdout, stderr }) => stdout + stderr).join("");
      expect(passwords()).toHaveLength(6);
      expect(passwords().filter((password) => shown.includes(password))).toEqual([]);
    },
    limitMs,
  );

  it(
    "exits 4 when the other role is kept for consumers, and says until when",
    async () => {
      const { code, stdout, stderr } = await run("rotate", "shop-16");

      expect(code).toBe(4);
      expect(stdout).toContain("shop-16: postponed.");
      expect(stderr).toMatch(/STALE_CONSUMER: Role shop_b is kept as it is until /);
    },
    limitMs,
  );

  it(
    "exits 4 while a rotation cannot be closed, and 0 once recover has brought it to its end",
    async () => {
      const path = /\/secrets\/report-16--next\//i;
      const fault = { method: "PATCH", path, action: { kind: "status", status: 403 } } as const;
      const mend = fleet.local().emulator.faults.add(fault);
      const rotated = await run("rotate", "report-16");
      const stillOpen = await run("recover");
      const listed = await run("credentials");
      mend();
      const recovered = await run("recover");

      expect([rotated.code, stillOpen.code, recovered.code]).toEqual([4, 4, 0]);
      expect(rotated.stdout).toContain("report-16: open. Generation 2 for role report is open.");
      expect(stillOpen.stderr).toContain("report-16: VAULT_DENIED: ");
      expect(listed.stdout).toMatch(/^report-16 .* open /m);
      expect(recovered.stdout).toMatch(/^report-16 +recovered/m);
      expect(recovered.stdout).toMatch(/^shop-16 +healthy$/m);
      expect(secrets()).toContain("report-16--next 2 done");
    },
    limitMs,
  );

  it(
    "refuses a pair that differs, names the difference, and changes nothing",
    async () => {
      await server().asSuperuser((client) => client.query("alter role shop_b connection limit 3"));
      const { code, stdout, stderr } = await run("credentials", "init", "shop-16", "--apply");
      await server().asSuperuser((client) => client.query("alter role shop_b connection limit 20"));

      expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
      expect(stderr).toContain("PAIR_DRIFT: Roles shop_a and shop_b differ in connection limit: 20 and 3.");
      expect(stderr).toContain("Credential shop-16 was not set up.");
    },
    limitMs,
  );

  it(
    "exits 2 for a credential that is not in pgwarden.yaml, and names those that are",
    async () => {
      const ended = [await run("rotate", "billing"), await run("credentials", "init", "billing")];

      for (const { code, stderr } of ended) {
        expect(code).toBe(2);
        expect(stderr).toContain('There is no credential "billing"; there are: shop-16, report-16, admin-16.');
      }
    },
    limitMs,
  );

  it(
    "exits 3 when the vault does not say how a credential is",
    async () => {
      const path = /\/secrets\/report-16/i;
      const mend = fleet.local().emulator.faults.add({ path, action: { kind: "status", status: 403 } });
      const { code, stdout } = await run("credentials");
      mend();

      expect(code).toBe(3);
      expect(stdout).toMatch(/^report-16 .* VAULT_DENIED/m);
    },
    limitMs,
  );
});

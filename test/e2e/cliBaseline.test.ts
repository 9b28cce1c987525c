import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { writeLocalEnvironment } from "../../shared/local/startLocalAzure.ts";
import { verifyAudit } from "../../shared/publish/verifyAudit.ts";
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

function baseline(...args: readonly string[]): Promise<Ended> {
  return pgwarden(["baseline", ...args, "--env-file", envFile]);
}

interface Shown {
  readonly name: string;
  readonly digest: string;
  readonly baseline: Readonly<Record<string, unknown>> | null;
}

async function shown(server: string): Promise<Shown> {
  const { stdout } = await baseline("show", "--server", server, "--format", "json");
  const [only] = JSON.parse(stdout) as readonly Shown[];
  if (only === undefined) throw new Error(`Nothing was shown of ${server}.`);
  return only;
}

describe("pgwarden baseline", () => {
  it(
    "has nothing to show before the first scan",
    async () => {
      expect(await baseline("show")).toEqual({ code: 0, stdout: "No server was scanned yet.\n", stderr: "" });
      const { code, stderr } = await baseline("show", "--server", "orders");
      expect(code).toBe(2);
      expect(stderr).toContain('Server "orders" was never scanned');
    },
    limitMs,
  );

  it(
    "shows every scanned server with the digest that an approval needs",
    async () => {
      await fleet.scan();

      const { code, stdout } = await baseline("show");

      expect(code).toBe(0);
      expect(stdout.match(/^(?:crm|ledger|orders)$/gm)).toEqual(["crm", "ledger", "orders"]);
      expect(stdout.match(/^ {2}snapshot {2}[0-9a-f]{64}, taken /gm)).toHaveLength(3);
      expect(stdout.match(/nothing was approved yet/g)).toHaveLength(3);
    },
    limitMs,
  );

  it(
    "approves exactly the digest that was seen, and remembers who, why and until when",
    async () => {
      const { digest } = await shown("orders");

      const approved = await baseline(
        ...["approve", "--server", "orders", "--digest", digest],
        ...["--reason", "reviewed with the team", "--expires", "2999-01-31"],
      );

      expect(approved).toMatchObject({ code: 0, stderr: "" });
      expect(approved.stdout).toBe(`Baseline of orders approved until 2999-01-31: ${digest}\n`);
      expect((await shown("ORDERS")).baseline).toMatchObject({
        state: "inForce",
        digest,
        isCurrent: true,
        approvedBy: expect.stringMatching(/^local:./) as unknown,
        reason: "reviewed with the team",
        expires: "2999-01-31",
      });
      const { stdout } = await baseline("show", "--server", "orders");
      expect(stdout).toContain("equal to the snapshot");
      expect(stdout).toContain("reviewed with the team");
    },
    limitMs,
  );

  it(
    "exits 2 with the current digest when the snapshot has moved, and keeps the old approval",
    async () => {
      const before = await shown("orders");
      const orders = fleet.local().servers.find(({ name }) => name === "orders");
      await orders?.asAdministrator((client) => client.query("create role night_shift login"));
      await fleet.scan(["orders"]);
      const after = await shown("orders");

      const { code, stdout, stderr } = await baseline(
        ...["approve", "--server", "orders", "--digest", before.digest, "--reason", "again"],
      );

      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toContain(`its digest is ${after.digest}, not ${before.digest}`);
      expect(after.digest).not.toBe(before.digest);
      expect(after.baseline).toMatchObject({ digest: before.digest, isCurrent: false });
      const signal = new AbortController().signal;
      const { problems } = await verifyAudit((await fleet.wiring()).ports.audit, signal);
      expect(problems).toEqual([]);
    },
    limitMs,
  );

  it.each([
    ["no reason", ["--digest", "0".repeat(64)], "required option '--reason <reason>' not specified"],
    ["a blank reason", ["--digest", "0".repeat(64), "--reason", " "], "--reason says why"],
    ["a digest cut short", ["--digest", "0".repeat(63), "--reason", "r"], "--digest takes the 64 hex digits"],
    ["a day that is none", ["--digest", "0".repeat(64), "--reason", "r", "--expires", "2027-02-30"], "--expires takes"],
  ])(
    "exits 2 for %s",
    async (_name, args, message) => {
      const { code, stderr } = await baseline("approve", "--server", "orders", ...args);

      expect(code).toBe(2);
      expect(stderr).toContain(message);
    },
    limitMs,
  );

  it(
    "exits 2 for an approval that is over already",
    async () => {
      const { digest } = await shown("crm");

      const { code, stderr } = await baseline(
        ...["approve", "--server", "crm", "--digest", digest, "--reason", "r", "--expires", "2020-01-01"],
      );

      expect(code).toBe(2);
      expect(stderr).toContain("--expires is 2020-01-01; allowed: a day to come.");
      expect((await shown("crm")).baseline).toBeNull();
    },
    limitMs,
  );
});

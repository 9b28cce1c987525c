import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import * as v from "valibot";
import { writeLocalEnvironment } from "../../shared/local/startLocalAzure.ts";
import { AuditReport } from "../../shared/publish/auditSchema.ts";
import { Report } from "../../shared/publish/reportSchema.ts";
import { fleetUnderTest } from "./fleetUnderTest.ts";

const fleet = fleetUnderTest();

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

let directory = "";
let envFile = "";

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "pgwarden-cli-"));
  envFile = await writeLocalEnvironment(directory, fleet.local().environment);
});

afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
});

/** The real program, as somebody calls it beside a running `pgwarden local`. */
function pgwarden(...args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const options = { env: { PATH: process.env["PATH"], NO_COLOR: "1" }, maxBuffer: 20_000_000 };
    const command = ["shared/cli/main.ts", "--", ...args, "--env-file", envFile];
    execFile(join(process.cwd(), "node_modules/.bin/tsx"), command, options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
      resolve({ code, stdout, stderr });
    });
  });
}

describe("pgwarden scan beside a running local Azure", () => {
  it("prints the findings as a table, worst first, with what to do", async () => {
    const { code, stdout, stderr } = await pgwarden("scan");

    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const severities = [...stdout.matchAll(/^(critical|high|medium|low) +(?:orders|ledger|crm) /gm)].map(
      ([, word]) => word,
    );
    const order = ["critical", "high", "medium", "low"];
    expect(severities.length).toBeGreaterThan(10);
    expect(severities).toEqual(severities.toSorted((a, b) => order.indexOf(a ?? "") - order.indexOf(b ?? "")));
    expect(stdout).toContain("What to do first:");
    expect(stdout).toContain("az postgres flexible-server");
    expect(stdout).toContain("role-app-uses-admin");
  }, 60_000);

  it("shows a role made by hand as drift in its JSON", async () => {
    const orders = fleet.local().servers.find(({ name }) => name === "orders");
    await orders?.asAdministrator((client) => client.query("create role intruder login createrole"));

    const { code, stdout } = await pgwarden("scan", "--format", "json", "--server", "orders");

    expect(code).toBe(0);
    const report = v.parse(Report, JSON.parse(stdout));
    expect(report.servers.map(({ name }) => name)).toEqual(["orders"]);
    const drifts = report.servers.flatMap((server) => server.drifts);
    expect(drifts).toMatchObject([
      { cause: "role/intruder", change: "added", comparison: "previous", severity: "high" },
    ]);
  }, 60_000);

  it("exits 1 when a finding is at least as bad as --fail-on, and writes to --out", async () => {
    const out = join(directory, "report.json");

    const bad = await pgwarden("scan", "--format", "json", "--out", out, "--fail-on", "critical");
    const good = await pgwarden("scan", "--server", "ledger", "--fail-on", "critical");

    expect(bad).toMatchObject({ code: 1, stdout: "" });
    expect(v.is(Report, JSON.parse(await readFile(out, "utf8")))).toBe(true);
    expect(good.code).toBe(0);
  }, 60_000);

  it("exits 2 for a server that is not in scope, and names those that are", async () => {
    const { code, stderr } = await pgwarden("scan", "--server", "billing");

    expect(code).toBe(2);
    expect(stderr).toContain('There is no server "billing" in scope; in scope: ');
    expect(stderr).toContain("orders");
  }, 60_000);

  it("exits 3 when a section could not be read, and says which on stderr", async () => {
    const path = /\/flexibleservers\/crm\/advancedthreatprotectionsettings/i;
    const mend = fleet.local().emulator.faults.add({ path, action: { kind: "status", status: 403 } });

    const { code, stderr } = await pgwarden("scan", "--server", "crm");
    mend();

    expect(code).toBe(3);
    expect(stderr).toContain("crm: threatProtection not read (denied)");
  }, 60_000);

  it("verifies the audit chains, prints their heads, and exits 1 when a line was edited", async () => {
    const whole = await pgwarden("audit", "verify");
    const json = await pgwarden("audit", "verify", "--format", "json");
    const { ports } = await fleet.wiring();
    const signal = new AbortController().signal;
    const [blob] = await ports.audit.list("", signal);
    if (blob === undefined) throw new Error("there is no audit blob");
    const length = (await ports.audit.read(blob, signal))?.length ?? 0;
    await ports.audit.append(blob, Buffer.from('{"seq":1}\n'), length, signal);
    const broken = await pgwarden("audit", "verify");

    expect(whole).toMatchObject({ code: 0 });
    expect(whole.stdout).toMatch(/^\d+ lines in \d+ streams: every hash fits\.\n$/m);
    const { heads } = v.parse(AuditReport, JSON.parse(json.stdout));
    expect(heads.map(({ stream }) => stream)).toContain("runs");
    for (const { time, hash } of heads) expect(whole.stdout).toContain(`${time ?? ""}    ${hash}`);
    expect(broken.code).toBe(1);
    expect(broken.stdout).toContain(blob);
  }, 60_000);
});

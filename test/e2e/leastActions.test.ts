import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { stringify } from "yaml";
import { roleDefinitions } from "../../infra/roleDefinitions.ts";
import type { RequestRecord } from "../../shared/local/emulator/requestRecord.ts";
import type { FleetScan } from "../../shared/runs/scanFleet.ts";
import { armAction } from "../infra/calledAction.ts";
import { fleetUnderTest } from "./fleetUnderTest.ts";

const fleet = fleetUnderTest();

/** What Resource Graph is asked about: it shows what the caller may read, and asks for no action of its own. */
function queriedTypes(): readonly string[] {
  const root = join(__dirname, "../..");
  const files = globSync("shared/{azure,collect,inventory}/**/*.ts", { cwd: root });
  const text = files.map((path) => readFileSync(join(root, path), "utf8")).join("\n");
  return [...text.matchAll(/\btype =~ '(?<type>[^']+)'/g)].map(({ groups }) => `${groups?.["type"] ?? ""}/read`);
}

function of(service: RequestRecord["service"]): readonly RequestRecord[] {
  return fleet.local().emulator.requests.filter((request) => request.service === service);
}

function distinct(actions: readonly string[]): readonly string[] {
  return [...new Set(actions.map((action) => action.toLowerCase()))].sort();
}

/** A scan that asks subscriptions for their servers instead of Resource Graph. */
async function scanOfList(): Promise<FleetScan> {
  const directory = mkdtempSync(join(tmpdir(), "pgwarden-actions-"));
  try {
    const file = join(directory, "pgwarden.yaml");
    const { environment, state } = fleet.local();
    const { config } = (await fleet.wiring()).ports;
    const { subscriptions } = config.scope;
    writeFileSync(file, stringify({ scope: { subscriptions, discovery: "list" }, postgres: config.postgres }));
    const wiring = await fleet.wiring({
      PGWARDEN_CONFIG: file,
      PGWARDEN_INGESTION_ENDPOINT: environment["PGWARDEN_ARM_ENDPOINT"] ?? "",
      PGWARDEN_INGESTION_RULE: state.rule.immutableId,
    });
    return await fleet.scan(undefined, wiring);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

// The calls of real scans, beside the roles that the deployment gives.
describe("the scanner's role", () => {
  it("grants what a scan calls: nothing missing, nothing unused", async () => {
    const { run } = await fleet.scan();
    const listed = await scanOfList();

    expect([run.status, listed.run.status]).toEqual(["succeeded", "succeeded"]);
    // The file of the second scan names no rule: as in a deployment, the environment does.
    expect(listed.run.delivery).toBe("delivered");
    expect(of("resourceGraph").map(({ method }) => method)).toContain("POST");
    const called = distinct([...of("arm").map(armAction), ...queriedTypes()]);
    expect(called).toEqual(distinct(roleDefinitions.scanner.actions));
  }, 120_000);

  it("is only about reads, and a scan asks no vault and writes rows to nothing but the rule", () => {
    expect(roleDefinitions.scanner.actions.filter((action) => !action.endsWith("/read"))).toEqual([]);
    expect(of("keyVault")).toEqual([]);
    expect(of("unknown")).toEqual([]);
    const ruleId = fleet.local().state.rule.immutableId;
    for (const { method, path } of of("ingestion")) {
      expect(`${method} ${path}`).toMatch(
        new RegExp(`^POST /dataCollectionRules/${ruleId}/streams/Custom-PgWarden`, "i"),
      );
    }
    expect(of("ingestion")).not.toEqual([]);
  });
});

describe("infra/sql/scanner.sql", () => {
  const script = readFileSync(join(__dirname, "../../infra/sql/scanner.sql"), "utf8");

  it("brings back every right that a server took from the scanner, and may be run again", async () => {
    const server = fleet.local().servers.find(({ name }) => name === "orders");
    await server?.asSuperuser(async (client) => {
      await client.query('revoke pg_read_all_settings, pg_read_all_stats from "pgwarden-scanner"');
      await client.query("revoke connect on database shop from public");
      await client.query('revoke execute on function azure_roles_authtype() from public, "pgwarden-scanner"');
    });
    const without = await fleet.scan(["orders"]);

    await server?.asSuperuser((client) => client.query(script));
    await server?.asSuperuser((client) => client.query(script));
    const after = await fleet.scan(["orders"]);

    expect(without.scans.flatMap(({ result }) => result.gaps)).not.toEqual([]);
    expect(after.scans.flatMap(({ result }) => result.gaps)).toEqual([]);
  }, 120_000);
});

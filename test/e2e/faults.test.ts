import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { parse, stringify } from "yaml";
import { subjectOf } from "../../shared/controls/control.ts";
import { deliverSpool } from "../../shared/runs/deliverSpool.ts";
import type { FleetScan } from "../../shared/runs/scanFleet.ts";
import type { ServerScan } from "../../shared/runs/scanServer.ts";
import { exitCode } from "../../shared/cli/scan.ts";
import type { HostOverride } from "../../shared/model/config.ts";
import { fleetUnderTest } from "./fleetUnderTest.ts";

const fleet = fleetUnderTest();
const signal = new AbortController().signal;
let directory = "";

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "pgwarden-faults-"));
});

afterEach(() => {
  fleet.local().emulator.faults.clear();
});

afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
});

function scanOf({ scans }: FleetScan, name: string): ServerScan {
  const scan = scans.find(({ result }) => result.serverName === name);
  if (scan === undefined) throw new Error(`${name} was not scanned`);
  return scan;
}

function gaps(scan: FleetScan, name: string): readonly string[] {
  return scanOf(scan, name).result.gaps.map(({ section, reason }) => `${section} ${reason}`);
}

/** Another configuration file, changed from the local one. */
async function changedConfig(
  name: string,
  change: (config: Record<string, Record<string, unknown>>) => void,
): Promise<Readonly<Record<string, string>>> {
  const text = await readFile(fleet.local().environment["PGWARDEN_CONFIG"] ?? "", "utf8");
  const config = parse(text) as Record<string, Record<string, unknown>>;
  change(config);
  const path = join(directory, `${name}.yaml`);
  await writeFile(path, stringify(config));
  return { PGWARDEN_CONFIG: path };
}

/** The host table with one server's entry changed. */
function changedHosts(name: string, change: (host: HostOverride) => HostOverride): Readonly<Record<string, string>> {
  const hosts = JSON.parse(fleet.local().environment["PGWARDEN_HOSTS"] ?? "{}") as Record<string, HostOverride>;
  const [fqdn, host] = Object.entries(hosts).find(([key]) => key.startsWith(`${name}.`)) ?? [];
  if (fqdn === undefined || host === undefined) throw new Error(`there is no host ${name}`);
  return { PGWARDEN_HOSTS: JSON.stringify({ ...hosts, [fqdn]: change(host) }) };
}

describe("a section that ARM refuses", () => {
  it("costs only itself: denied, the controls that need it unknown, the server still there", async () => {
    const path = /\/flexibleservers\/orders\/firewallrules/i;
    fleet.local().emulator.faults.add({ path, action: { kind: "status", status: 403, code: "AuthorizationFailed" } });

    const scan = await fleet.scan(["orders"]);

    expect(gaps(scan, "orders")).toEqual(["firewallRules denied"]);
    const unknown = scanOf(scan, "orders").findings.filter(({ outcome }) => outcome === "unknown");
    expect(unknown.map(({ controlId }) => controlId)).toContain("net-fw-no-any-ip");
    expect(scanOf(scan, "orders").result.outcomes.pass).toBeGreaterThan(20);
    expect(exitCode(scan, undefined)).toBe(3);
  });

  it.each([
    ["throttled with Retry-After", 429, 2],
    ["failing twice", 500, 2],
  ])("is read in the end when ARM is %s", async (_name, status, times) => {
    const headers = { "retry-after": "1" };
    const path = /\/flexibleservers\/orders\/configurations/i;
    fleet.local().emulator.faults.add({ path, times, action: { kind: "status", status, headers } });

    const scan = await fleet.scan(["orders"]);

    expect(gaps(scan, "orders")).toEqual([]);
    expect(exitCode(scan, undefined)).toBe(0);
  });
});

describe("a private DNS zone", () => {
  it("without a link to the server's network fails its control; one that cannot be seen is unknown", async () => {
    const { network } = fleet.local().state;
    const [links, zones] = [network.privateDnsZoneLinks.splice(0), [...network.privateDnsZones]];

    const unlinked = await fleet.scan(["ledger"]);
    network.privateDnsZones.length = 0;
    const hidden = await fleet.scan(["ledger"]);
    network.privateDnsZoneLinks.push(...links);
    network.privateDnsZones.push(...zones);

    const outcomes = [unlinked, hidden].map((scan) =>
      scanOf(scan, "ledger").findings.find(({ controlId }) => controlId === "net-private-dns"),
    );
    expect(outcomes.map((finding) => finding?.outcome)).toEqual(["fail", "unknown"]);
    expect(gaps(hidden, "ledger")).toEqual(["privateDnsZone denied"]);
  });
});

describe("a server that is deleted while the run is on", () => {
  it("stays in the report with a sentence, and the others are whole", async () => {
    const path = /\/flexibleservers\/crm\?|\/flexibleservers\/crm$/i;
    fleet.local().emulator.faults.add({ path, action: { kind: "status", status: 404, code: "ResourceNotFound" } });

    const scan = await fleet.scan();

    expect(scan.run.status).toBe("partial");
    expect(gaps(scan, "crm")).toContain("server absent");
    expect(gaps(scan, "orders")).toEqual([]);
    const judged = scanOf(scan, "crm").findings.filter(({ outcome }) => outcome === "fail" || outcome === "pass");
    // What is said of the approval needs no evidence.
    expect(judged.map(({ controlId }) => controlId)).toEqual(["baseline-missing"]);
  });
});

describe("Log Analytics", () => {
  it("being down costs no row: spooled, said so, and replayed once each by RowId", async () => {
    const { ports } = await fleet.wiring();
    const before = fleet.rows("PgWardenFinding_CL").length;
    const action = { kind: "status", status: 503 } as const;
    const mend = fleet.local().emulator.faults.add({ path: "/datacollectionrules/", action });

    const scan = await fleet.scan(["ledger"]);
    mend();
    const replay = await deliverSpool(ports, signal);

    expect(scan.run.delivery).toBe("spooled");
    expect(exitCode(scan, undefined)).toBe(3);
    expect(replay).toMatchObject({ waiting: 0, problems: [] });
    const rows = fleet.rows("PgWardenFinding_CL").slice(before);
    expect(rows).toHaveLength(scanOf(scan, "ledger").findings.length);
    expect(new Set(rows.map((row) => row["RowId"])).size).toBe(rows.length);
    expect(await deliverSpool(ports, signal)).toMatchObject({ delivered: 0 });
  }, 60_000);

  it("refusing single rows costs those only: each is named in the audit log, and the run says lost", async () => {
    const { rule } = fleet.local().state;
    const stream = rule.streams["Custom-PgWardenRole_CL"];
    if (stream === undefined) throw new Error("the rule has no such stream");
    // Some of ledger's roles have a connection limit; in all other rows the column is null, which fits every type.
    stream["ConnectionLimit"] = "boolean";
    const before = fleet.rows("PgWardenRole_CL").length;

    const scan = await fleet.scan(["ledger"]);
    stream["ConnectionLimit"] = "int";

    const ledger = fleet.local().servers.find(({ name }) => name === "ledger");
    const counts = await ledger?.asSuperuser(async (client) => {
      const text =
        "select count(*)::int as all, count(*) filter (where rolconnlimit <> -1)::int as limited from pg_roles";
      return (await client.query<{ all: number; limited: number }>(text)).rows[0];
    });
    expect(counts?.limited).toBeGreaterThan(0);
    expect(scanOf(scan, "ledger").result.delivery).toBe("lost");
    expect(scan.run.delivery).toBe("lost");
    expect(fleet.rows("PgWardenRole_CL").length - before).toBe((counts?.all ?? 0) - (counts?.limited ?? 0));
    const refusals = fleet.rows("PgWardenAudit_CL").filter((row) => row["Action"] === "rows.deliver");
    expect(refusals.map((row) => JSON.stringify(row["Detail"])).join()).toMatch(/refused row [0-9a-f]{64}/);
  });

  it("refusing a whole stream is no row's fault: the rows wait for a mended rule", async () => {
    const { rule } = fleet.local().state;
    const stream = rule.streams["Custom-PgWardenFirewall_CL"];
    if (stream === undefined) throw new Error("the rule has no such stream");
    stream["RuleName"] = "int";

    const scan = await fleet.scan(["orders"]);
    stream["RuleName"] = "string";
    const { ports } = await fleet.wiring();
    const replay = await deliverSpool(ports, signal);

    expect(scan.run.delivery).toBe("spooled");
    expect(replay).toMatchObject({ delivered: 2, waiting: 0, problems: [] });
  });
});

describe("PostgreSQL", () => {
  it("that cannot be reached makes its sections unreachable, and ARM's are judged", async () => {
    const wiring = await fleet.wiring(changedHosts("crm", (host) => ({ ...host, connect: { "5432": "127.0.0.1:1" } })));

    const scan = await fleet.scan(["crm"], wiring);

    expect(gaps(scan, "crm")).toEqual(
      expect.arrayContaining(["roles unreachable", "memberships unreachable", "tlsProbes unreachable"]),
    );
    expect(gaps(scan, "crm").filter((gap) => gap.startsWith("parameters"))).toEqual([]);
  });

  it("whose certificate names another server is not logged in to, and the certificate control fails", async () => {
    const local = fleet.local();
    const crm = local.servers.find(({ name }) => name === "crm");
    const body = local.state.servers.get(crm?.id ?? "")?.body;
    if (crm === undefined || body === undefined) throw new Error("there is no crm");
    const impostor = "impostor.example.com";
    const hosts = JSON.parse(local.environment["PGWARDEN_HOSTS"] ?? "{}") as Record<string, HostOverride>;
    const moved = { ...hosts, [impostor]: hosts[crm.fqdn] };
    body.properties.fullyQualifiedDomainName = impostor;

    const scan = await fleet.scan(["crm"], await fleet.wiring({ PGWARDEN_HOSTS: JSON.stringify(moved) }));
    body.properties.fullyQualifiedDomainName = crm.fqdn;

    expect(gaps(scan, "crm").filter((gap) => gap.startsWith("roles"))).toHaveLength(1);
    expect(
      scanOf(scan, "crm")
        .result.gaps.map(({ detail }) => detail)
        .join(),
    ).toContain(impostor);
    const certificate = scanOf(scan, "crm").findings.find(({ controlId }) => controlId === "tls-probe-certificate");
    expect(certificate?.outcome).toBe("fail");
  });

  it("that refuses the login makes its sections denied, with what the login was", async () => {
    const variables = await changedConfig("other-role", (config) => {
      config["postgres"] = { role: "nobody-here" };
    });

    const scan = await fleet.scan(["ledger"], await fleet.wiring(variables));

    expect(gaps(scan, "ledger")).toContain("roles denied");
    expect(
      scanOf(scan, "ledger")
        .result.gaps.map(({ detail }) => detail)
        .join(),
    ).toContain("nobody-here");
  });
});

describe("names", () => {
  const names = ['we"ird', "two words", "schön/slash%percent", "é".repeat(31) + "x", "'; drop role postgres; --"];

  /** At most 63 bytes of the names above: PostgreSQL cuts longer ones off. */
  function databaseOf(name: string): string {
    return `db ${name}`.slice(0, 33);
  }

  it("of any form are read, compared and told without confusion", async () => {
    const local = fleet.local();
    const orders = local.servers.find(({ name }) => name === "orders");
    const state = local.state.servers.get(orders?.id ?? "");
    if (orders === undefined || state === undefined) throw new Error("there is no orders");
    await fleet.scan(["orders"]);
    await orders.asSuperuser(async (client) => {
      for (const name of names) {
        await client.query(`create role ${client.escapeIdentifier(name)} login connection limit 1`);
        await client.query(`create database ${client.escapeIdentifier(databaseOf(name))}`);
      }
    });
    const [rule] = state.firewallRules;
    if (rule === undefined) throw new Error("orders has no firewall rule");
    state.firewallRules.push({ ...structuredClone(rule), name: "Büro / 50%" });

    const scan = await fleet.scan(["orders"]);
    state.firewallRules.pop();

    const previous = scanOf(scan, "orders").drifts.filter(({ comparison }) => comparison === "previous");
    const encoded = names.flatMap((name) => [subjectOf("role", name), subjectOf("database", databaseOf(name))]);
    expect(previous.map(({ cause }) => cause).sort()).toEqual([...encoded, "firewallRule/Büro %2F 50%25"].sort());
    const told = fleet.rows("PgWardenRole_CL").filter((row) => row["RunId"] === scan.run.runId);
    expect(told.map((row) => row["RoleName"])).toEqual(expect.arrayContaining(names));
  });
});

describe("a login without the rights that a monitor needs", () => {
  it("makes the sections denied that would be cut short, and says which GRANT helps", async () => {
    const crm = fleet.local().servers.find(({ name }) => name === "crm");
    const rights = "pg_read_all_settings, pg_read_all_stats";
    await crm?.asSuperuser((client) => client.query(`revoke ${rights} from "pgwarden-scanner"`));

    const scan = await fleet.scan(["crm"]);
    await crm?.asSuperuser((client) => client.query(`grant ${rights} to "pgwarden-scanner"`));

    expect(gaps(scan, "crm")).toEqual(["settings denied", "sessions denied"]);
    expect(
      scanOf(scan, "crm")
        .result.gaps.map(({ detail }) => detail)
        .join(),
    ).toMatch(/grant pg_read_all_stats to/i);
    expect(scanOf(scan, "crm").findings.length).toBeGreaterThan(60);
    expect(exitCode(scan, undefined)).toBe(3);
  });
});

describe("storage that cannot be reached", () => {
  it("fails the run loudly, and nothing is half-written", async () => {
    const wiring = await fleet.wiring({ AzureWebJobsStorage__blobServiceUri: "https://127.0.0.1:1/devstore" });

    await expect(fleet.scan(["orders"], wiring)).rejects.toThrow(/storage|blob/i);
  }, 60_000);
});

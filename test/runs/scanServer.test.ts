import { describe, expect, it } from "@jest/globals";
import { collected, unavailable } from "../../shared/collect/section.ts";
import type { ScanServerMessage } from "../../shared/runs/scanPorts.ts";
import { scanServer, type ServerScan, UnknownRunError } from "../../shared/runs/scanServer.ts";
import { startScan } from "../../shared/runs/startScan.ts";
import { blobNames, serverKey } from "../../shared/publish/stateBlobs.ts";
import { credentialLogin, keyVault, managedCredential, parameter, role, serverFacts } from "../builders.ts";
import { type FakeScanPorts, fakeScanPorts, noSignal } from "./fakeScanPorts.ts";

const office = { name: "office", first: "203.0.113.0", last: "203.0.113.15" };
const wide = { name: "wide", first: "0.0.0.0", last: "255.255.255.255" };

/** One scan of the fake fleet's server, a few minutes after the one before. */
async function scanOnce(ports: FakeScanPorts, runId: string): Promise<ServerScan> {
  const scan = await scanServer(await messageOf(ports, runId), ports, noSignal());
  if (scan === undefined) throw new Error("the server had answered already");
  return scan;
}

async function messageOf(ports: FakeScanPorts, runId: string): Promise<ScanServerMessage> {
  ports.time = new Date(ports.time.getTime() + 300_000);
  await startScan({ runId, reason: "cli", actor: "test" }, ports, noSignal());
  const message = ports.dispatched.at(-1)?.message;
  if (message === undefined) throw new Error("nothing was dispatched");
  return message;
}

function rowsOf(ports: FakeScanPorts, table: string): readonly Readonly<Record<string, unknown>>[] {
  return ports.sink.chunks.filter(({ stream }) => stream === `Custom-${table}`).flatMap(({ rows }) => rows);
}

function publicServer(ports: FakeScanPorts, rules: readonly (typeof office)[]): void {
  ports.look.set("orders", {
    server: collected([serverFacts()]),
    firewallRules: collected(rules),
    parameters: collected([parameter("require_secure_transport", "on", { dataType: "Boolean" })]),
    roles: collected([role("app_rw", { canLogIn: true })]),
  });
}

describe("scanServer", () => {
  it("judges, delivers rows of every table, and writes its answer down", async () => {
    const ports = fakeScanPorts();
    publicServer(ports, [wide]);

    const { result } = await scanOnce(ports, "cli-20261122T060500Z-1");

    expect(result).toMatchObject({ serverName: "orders", status: "succeeded", armReads: 9, delivery: "delivered" });
    expect(result.failed.critical).toBeGreaterThan(0);
    const tables = [...new Set(ports.sink.chunks.map(({ stream }) => stream))].sort();
    expect(tables).toEqual(
      ["Audit", "Finding", "Firewall", "Role", "Server", "Setting"].map((name) => `Custom-PgWarden${name}_CL`),
    );
    expect(ports.store.blobs.has(blobNames.result("cli-20261122T060500Z-1", serverKey(result.serverId)))).toBe(true);
  });

  it("finds nothing new on an unchanged server: same bytes, no drift, no ledger write", async () => {
    const ports = fakeScanPorts();
    publicServer(ports, [wide]);
    const first = await scanOnce(ports, "cli-20261122T060500Z-1");
    const ledger = ports.store.blobs.get(blobNames.ledger(serverKey(first.result.serverId)));

    const second = await scanOnce(ports, "cli-20261122T061000Z-2");

    expect(second.drifts).toEqual([]);
    expect(second.result.digest).toBe(first.result.digest);
    expect(ports.store.blobs.get(blobNames.ledger(serverKey(first.result.serverId)))).toBe(ledger);
    expect([...ports.store.blobs.keys()].filter((name) => name.endsWith(".json.gz"))).toHaveLength(1);
  });

  it("tells what rotation remarked as findings, and keeps it out of the snapshot", async () => {
    const ports = fakeScanPorts();
    publicServer(ports, [office]);
    const before = await scanOnce(ports, "cli-20261122T060500Z-1");
    const note = { code: "arm-noop", severity: "critical", title: "It changes", message: "It did not." } as const;
    ports.look.set("orders", {
      ...ports.look.get("orders"),
      credentials: collected([managedCredential({ notes: [note] })]),
      credentialLogins: collected([credentialLogin()]),
      vaults: collected([keyVault({ purgeProtection: null })]),
    });

    const after = await scanOnce(ports, "cli-20261122T061000Z-2");

    expect(after.result.digest).toBe(before.result.digest);
    expect(after.drifts).toEqual([]);
    const told = rowsOf(ports, "PgWardenFinding_CL").filter(({ ObjectName }) => ObjectName === "orders-app");
    expect(told.find(({ RuleId }) => RuleId === "rotation-arm-noop")).toMatchObject({
      Severity: "critical",
      Outcome: "fail",
      OutcomeDetail: "Credential orders-app: It did not.",
    });
    expect(told.find(({ RuleId }) => RuleId === "rot-credential-works")).toMatchObject({ Outcome: "pass" });
  });

  it("reports a change once against the scan before, with one cause", async () => {
    const ports = fakeScanPorts();
    publicServer(ports, [office]);
    await scanOnce(ports, "cli-20261122T060500Z-1");
    publicServer(ports, [office, wide]);

    const changed = await scanOnce(ports, "cli-20261122T061000Z-2");
    const after = await scanOnce(ports, "cli-20261122T061500Z-3");

    expect(changed.drifts.map(({ cause, change, severity }) => ({ cause, change, severity }))).toEqual([
      { cause: "firewallRule/wide", change: "added", severity: "critical" },
    ]);
    expect(after.drifts).toEqual([]);
    expect(rowsOf(ports, "PgWardenDrift_CL")).toHaveLength(1);
    expect(ports.audit.text([...ports.audit.blobs.keys()].find((name) => name.includes("server-")) ?? "")).toContain(
      "drift.detect",
    );
  });

  it("freezes what it cannot see: no drift now, and the change afterwards", async () => {
    const ports = fakeScanPorts();
    publicServer(ports, [office]);
    await scanOnce(ports, "cli-20261122T060500Z-1");
    publicServer(ports, [office, wide]);
    ports.look.set("orders", {
      ...ports.look.get("orders"),
      firewallRules: unavailable("denied", "The scanner may not read firewall rules."),
    });

    const blind = await scanOnce(ports, "cli-20261122T061000Z-2");
    publicServer(ports, [office, wide]);
    const seeing = await scanOnce(ports, "cli-20261122T061500Z-3");

    expect(blind.drifts).toEqual([]);
    expect(blind.result).toMatchObject({ status: "partial" });
    expect(seeing.drifts.map(({ cause }) => cause)).toEqual(["firewallRule/wide"]);
  });

  it("does nothing for a message that comes twice", async () => {
    const ports = fakeScanPorts();
    const message = await messageOf(ports, "cli-20261122T060500Z-1");
    await scanServer(message, ports, noSignal());
    const rows = ports.sink.chunks.length;

    expect(await scanServer(message, ports, noSignal())).toBeUndefined();
    expect(ports.sink.chunks).toHaveLength(rows);
    expect(ports.collected).toEqual(["orders"]);
  });

  it.each([1, 2, 3, 4])("loses and doubles no drift when it dies after write %i and comes again", async (survivors) => {
    const ports = fakeScanPorts();
    publicServer(ports, [office]);
    await scanOnce(ports, "cli-20261122T060500Z-1");
    publicServer(ports, [office, wide]);
    const message = await messageOf(ports, "cli-20261122T061000Z-2");
    const dying = dieAfter(ports, survivors);

    await scanServer(message, dying, noSignal()).catch(() => undefined);
    await scanServer(message, ports, noSignal());
    const next = await scanOnce(ports, "cli-20261122T061500Z-3");

    const drifts = rowsOf(ports, "PgWardenDrift_CL");
    expect(new Set(drifts.map((row) => row["RowId"])).size).toBe(1);
    const states = rowsOf(ports, "PgWardenFinding_CL").filter(
      (row) => row["RunId"] === message.runId && row["RuleId"] === "net-fw-no-any-ip",
    );
    expect(new Set(states.map((row) => row["LedgerState"] ?? row["State"]))).toEqual(new Set(["new"]));
    expect(next.drifts).toEqual([]);
    expect(ports.store.blobs.has(blobNames.result(message.runId, serverKey(message.server)))).toBe(true);
  });

  it("spools rows while Log Analytics is down, and says so", async () => {
    const ports = fakeScanPorts();
    publicServer(ports, [office]);
    ports.sink.fault = { status: 503 };

    const { result } = await scanOnce(ports, "cli-20261122T060500Z-1");

    expect(result.delivery).toBe("spooled");
    expect([...ports.store.blobs.keys()].some((name) => name.startsWith("spool/"))).toBe(true);
  });

  it.each([
    ["run", { runId: "cli-20991122T060500Z-1" }],
    ["server in the run", { server: "/subscriptions/x" }],
  ])("refuses a message that names an unknown %s", async (_name, override) => {
    const ports = fakeScanPorts();
    const message = { ...(await messageOf(ports, "cli-20261122T060500Z-1")), ...override };

    await expect(scanServer(message, ports, noSignal())).rejects.toThrow(UnknownRunError);
  });
});

/** The same ports, whose state store dies after so many writes: nothing later of this try has any effect. */
function dieAfter(ports: FakeScanPorts, writes: number): FakeScanPorts {
  let left = writes;
  const store: FakeScanPorts["store"] = {
    ...ports.store,
    write(name, bytes, condition, signal) {
      if (left === 0) return Promise.reject(new Error("The process was killed."));
      left -= 1;
      return ports.store.write(name, bytes, condition, signal);
    },
  };
  return { ...ports, store };
}

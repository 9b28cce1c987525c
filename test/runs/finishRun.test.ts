import { describe, expect, it } from "@jest/globals";
import { unavailable } from "../../shared/collect/section.ts";
import { finishRun } from "../../shared/runs/finishRun.ts";
import { finishRuns } from "../../shared/runs/finishRuns.ts";
import { health } from "../../shared/runs/health.ts";
import { runProgress } from "../../shared/runs/runProgress.ts";
import { openRunIds } from "../../shared/runs/runState.ts";
import { scanServer } from "../../shared/runs/scanServer.ts";
import { startScan } from "../../shared/runs/startScan.ts";
import { type FakeScanPorts, fakeScanPorts, noSignal } from "./fakeScanPorts.ts";

const runId = "timer-20261122T060000Z";
const versions = { node: "v24", version: "0.1.0" };

async function start(ports: FakeScanPorts, id = runId): Promise<void> {
  await startScan({ runId: id, reason: "timer", actor: "timer" }, ports, noSignal());
}

/** Works off messages as the queue would; `names` limits it to some servers. */
async function work(ports: FakeScanPorts, names?: readonly string[]): Promise<void> {
  for (const { message } of ports.dispatched.splice(0)) {
    const wanted = names === undefined || names.some((name) => message.server.endsWith(`/${name}`));
    if (wanted) await scanServer(message, ports, noSignal());
  }
}

describe("finishRun", () => {
  it("waits for every server", async () => {
    const ports = fakeScanPorts(["orders", "ledger"]);
    await start(ports);
    await work(ports, ["orders"]);

    expect(await finishRun(runId, ports, noSignal())).toBeUndefined();
    expect(await openRunIds(ports.store, noSignal())).toEqual([runId]);
  });

  it("closes a run whose servers have all answered, with its rows", async () => {
    const ports = fakeScanPorts(["orders", "ledger"]);
    await start(ports);
    await work(ports);

    const run = await finishRun(runId, ports, noSignal());

    expect(run).toMatchObject({ status: "succeeded", missing: [], delivery: "delivered" });
    expect(await openRunIds(ports.store, noSignal())).toEqual([]);
    const rows = ports.sink.chunks
      .filter(({ stream }) => stream === "Custom-PgWardenRun_CL")
      .flatMap((one) => one.rows);
    expect(rows.map((row) => row["Scope"])).toEqual(["run", "server", "server"]);
  });

  it("closes it without the missing ones when its time is up, and names them", async () => {
    const ports = fakeScanPorts(["orders", "ledger"]);
    await start(ports);
    await work(ports, ["orders"]);
    ports.time = new Date("2026-11-22T07:00:00.000Z");

    expect(await finishRun(runId, ports, noSignal())).toMatchObject({ status: "partial", missing: ["ledger"] });
  });

  it("is partial with any gap, and with any doubt about the inventory", async () => {
    const blind = fakeScanPorts();
    blind.look.set("orders", { roles: unavailable("timeout", "Too slow.") });
    const doubtful = fakeScanPorts();
    doubtful.coverage = ["Two servers fewer than before."];

    for (const ports of [blind, doubtful]) {
      await start(ports);
      await work(ports);
      expect(await finishRun(runId, ports, noSignal())).toMatchObject({ status: "partial" });
    }
  });

  it("is failed when no server could be read at all", async () => {
    const ports = fakeScanPorts();
    ports.look.set("orders", { server: unavailable("unreachable", "No route.") });
    await start(ports);
    await work(ports);

    expect(await finishRun(runId, ports, noSignal())).toMatchObject({ status: "failed" });
  });

  it("closes an empty fleet as partial: no server at all is never silence", async () => {
    const ports = fakeScanPorts([]);
    ports.coverage = ["The inventory is empty."];
    await start(ports);

    expect(await finishRun(runId, ports, noSignal())).toMatchObject({ status: "partial", missing: [] });
  });

  it("closes once: a second sweep changes nothing", async () => {
    const ports = fakeScanPorts();
    await start(ports);
    await work(ports);
    const first = await finishRun(runId, ports, noSignal());
    const rows = ports.sink.chunks.length;
    ports.time = new Date("2026-11-22T08:00:00.000Z");

    expect(await finishRun(runId, ports, noSignal())).toEqual(first);
    expect(ports.sink.chunks).toHaveLength(rows);
  });

  it("tells the next run what the fleet was, unless it was narrowed", async () => {
    const ports = fakeScanPorts(["orders", "ledger"]);
    await start(ports);
    await work(ports);
    await finishRun(runId, ports, noSignal());
    const narrowed = { runId: "cli-20261122T061000Z-1", reason: "cli" as const, actor: "t", servers: ["orders"] };
    await startScan(narrowed, ports, noSignal());
    await work(ports);
    await finishRun(narrowed.runId, ports, noSignal());

    await start(ports, "timer-20261122T120000Z");

    expect(ports.previous).toEqual({ count: 2, names: ["orders", "ledger"] });
  });
});

describe("finishRuns", () => {
  it("looks at every open run", async () => {
    const ports = fakeScanPorts();
    await start(ports, "timer-20261122T060000Z");
    await start(ports, "timer-20261122T120000Z");
    await work(ports);

    const closed = await finishRuns(ports, noSignal());

    expect(closed.map((run) => run.runId)).toEqual(["timer-20261122T060000Z", "timer-20261122T120000Z"]);
    expect(await finishRuns(ports, noSignal())).toEqual([]);
  });
});

describe("runProgress", () => {
  it("tells waiting from missing", async () => {
    const ports = fakeScanPorts(["orders", "ledger"]);
    await start(ports);
    await work(ports, ["orders"]);

    const open = await runProgress(runId, ports.store, noSignal());
    ports.time = new Date("2026-11-22T07:00:00.000Z");
    await finishRun(runId, ports, noSignal());
    const closed = await runProgress(runId, ports.store, noSignal());

    expect(open).toMatchObject({ status: "running", expected: 2, answered: 1 });
    expect(open?.servers.map(({ status }) => status)).toEqual(["succeeded", "waiting"]);
    expect(closed?.servers.map(({ status }) => status)).toEqual(["succeeded", "missing"]);
  });

  it("knows no run that never was", async () => {
    expect(await runProgress(runId, fakeScanPorts().store, noSignal())).toBeUndefined();
  });
});

describe("health", () => {
  it("is neverScanned, then ok, then stale", async () => {
    const ports = fakeScanPorts();
    const before = await health(ports, versions, noSignal());
    await start(ports);
    await work(ports);
    await finishRun(runId, ports, noSignal());
    ports.time = new Date("2026-11-22T06:30:00.000Z");
    const fresh = await health(ports, versions, noSignal());
    ports.time = new Date("2026-11-23T09:00:00.000Z");
    const old = await health(ports, versions, noSignal());

    expect([before.status, fresh.status, old.status]).toEqual(["neverScanned", "ok", "stale"]);
    expect(fresh.lastRun).toMatchObject({ runId, status: "succeeded", ageSeconds: 1800 });
  });

  it("is unavailable, and does not throw, when the state cannot be read", async () => {
    const ports = fakeScanPorts();
    ports.store.fault = new Error("Storage does not answer.");

    expect(await health(ports, versions, noSignal())).toMatchObject({ status: "unavailable", lastRun: null });
  });
});

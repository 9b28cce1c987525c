import { describe, expect, it } from "@jest/globals";
import { scanServer } from "../../shared/runs/scanServer.ts";
import { startScan, UnknownServerError } from "../../shared/runs/startScan.ts";
import { serverRef } from "../builders.ts";
import { fakeScanPorts, noSignal } from "./fakeScanPorts.ts";

const request = { runId: "timer-20261122T060000Z", reason: "timer" as const, actor: "timer" };

describe("startScan", () => {
  it("hands every server of the inventory to a worker, once", async () => {
    const ports = fakeScanPorts(["orders", "ledger"]);

    const run = await startScan(request, ports, noSignal());

    expect(run).toMatchObject({ runId: request.runId, status: "running", scope: "fleet" });
    expect(ports.dispatched.map(({ message }) => message)).toEqual(
      ports.servers.map(({ id }) => ({ v: 1, runId: request.runId, server: id, reason: "timer" })),
    );
  });

  it("is the same run when the tick is repeated, and hands over only what is open", async () => {
    const ports = fakeScanPorts(["orders", "ledger"]);
    const first = await startScan(request, ports, noSignal());
    const message = ports.dispatched[0]?.message;
    if (message === undefined) throw new Error("nothing was dispatched");
    await scanServer(message, ports, noSignal());
    ports.dispatched.length = 0;
    ports.time = new Date("2026-11-22T06:05:00.000Z");

    const again = await startScan(request, ports, noSignal());

    expect(again).toEqual(first);
    expect(ports.dispatched.map((one) => one.message.server)).toEqual([serverRef({ name: "ledger" }).id]);
  });

  it("narrows to named servers, by name in any case or by ARM id", async () => {
    const ports = fakeScanPorts(["orders", "ledger", "crm"]);

    const servers = ["ORDERS", serverRef({ name: "crm" }).id.toUpperCase()];
    const run = await startScan({ ...request, servers }, ports, noSignal());

    expect(run.scope).toBe("servers");
    expect(run.expected.map(({ name }) => name)).toEqual(["orders", "crm"]);
  });

  it("starts nothing for an unknown server, and says which are known", async () => {
    const ports = fakeScanPorts(["orders"]);

    const started = startScan({ ...request, servers: ["orders", "billing"] }, ports, noSignal());

    await expect(started).rejects.toThrow(UnknownServerError);
    await expect(started).rejects.toThrow('There is no server "billing" in scope; in scope: orders.');
    expect(ports.store.blobs.size).toBe(0);
    expect(ports.audit.blobs.size).toBe(0);
  });

  it("asks discovery to compare with the fleet before, only when it asks for all of it", async () => {
    const ports = fakeScanPorts(["orders"]);
    ports.coverage = ["One server fewer than before."];

    const named = await startScan(
      { ...request, runId: "cli-20261122T060000Z-a", servers: ["orders"] },
      ports,
      noSignal(),
    );
    const fleet = await startScan(request, ports, noSignal());

    expect(named.coverageFindings).toEqual([]);
    expect(fleet.coverageFindings).toEqual(["One server fewer than before."]);
  });

  it("delays the workers and its own deadline alike", async () => {
    const ports = fakeScanPorts();

    const run = await startScan({ ...request, delaySeconds: 110 }, ports, noSignal());

    expect(ports.dispatched.map(({ delaySeconds }) => delaySeconds)).toEqual([110]);
    expect(run.deadline).toBe("2026-11-22T07:01:50.000Z");
  });

  it("fails loudly and leaves no run behind when storage is out of reach", async () => {
    const ports = fakeScanPorts();
    ports.store.fault = new Error("Storage does not answer.");

    await expect(startScan(request, ports, noSignal())).rejects.toThrow("Storage does not answer.");
    expect(ports.store.blobs.size).toBe(0);
    expect(ports.dispatched).toEqual([]);
  });
});

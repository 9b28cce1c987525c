import { describe, expect, it } from "@jest/globals";
import { scanFleet } from "../../shared/runs/scanFleet.ts";
import { serverEntries, type ServerPage, serverSummaries, serverSummary } from "../../shared/runs/serverSummary.ts";
import { findServer } from "../../shared/runs/storedServers.ts";
import { serverRef } from "../builders.ts";
import { type FakeScanPorts, fakeScanPorts, noSignal } from "./fakeScanPorts.ts";

let runs = 0;

async function scan(ports: FakeScanPorts): Promise<void> {
  runs += 1;
  const request = { runId: `cli-20261122T060000Z-${runs}`, reason: "cli" as const, actor: "test" };
  await scanFleet(request, ports, () => undefined, noSignal());
}

describe("findServer", () => {
  it("finds a server by its name in any case and by its ARM id, and never one whose name only begins so", async () => {
    const ports = fakeScanPorts(["orders", "orders-eu"]);
    await scan(ports);

    const [byName, byId, other] = await Promise.all([
      findServer("ORDERS", ports.store, noSignal()),
      findServer(serverRef({ name: "orders" }).id, ports.store, noSignal()),
      findServer("orders-eu", ports.store, noSignal()),
    ]);

    expect(byName?.latest.result.serverName).toBe("orders");
    expect(byId?.key).toBe(byName?.key);
    expect(other?.latest.result.serverName).toBe("orders-eu");
  });

  it.each(["billing", "order", "", "..", "../runs", "a/b", "orders*", "orders-"])(
    "finds nothing for %j",
    async (name) => {
      const ports = fakeScanPorts();
      await scan(ports);

      expect(await findServer(name, ports.store, noSignal())).toBeUndefined();
    },
  );

  it("takes the one that was scanned last when a server was made again in another resource group", async () => {
    const ports = fakeScanPorts();
    await scan(ports);
    const moved = { ...serverRef(), id: serverRef().id.replace("/shop/", "/elsewhere/") };
    ports.servers = [moved];
    ports.time = new Date("2026-11-23T06:00:00.000Z");
    await scan(ports);

    expect((await findServer("orders", ports.store, noSignal()))?.latest.result.serverId).toBe(moved.id);
    expect((await serverEntries({ top: 10, after: null }, ports, noSignal())).servers).toHaveLength(2);
  });
});

describe("serverEntries", () => {
  async function pages(ports: FakeScanPorts, top: number): Promise<readonly (readonly string[])[]> {
    const found: (readonly string[])[] = [];
    let after: string | null = null;
    do {
      const { servers, next }: ServerPage = await serverEntries({ top, after }, ports, noSignal());
      found.push(servers.map(({ name }) => name));
      after = next;
    } while (after !== null);
    return found;
  }

  it.each([
    [1, [["a"], ["b"], ["c"], ["d"]]],
    [
      2,
      [
        ["a", "b"],
        ["c", "d"],
      ],
    ],
    [3, [["a", "b", "c"], ["d"]]],
    [4, [["a", "b", "c", "d"]]],
    [200, [["a", "b", "c", "d"]]],
  ])("gives every server once, %i at a time, and ends with the last full page", async (top, expected) => {
    const ports = fakeScanPorts(["c", "a", "d", "b"]);
    await scan(ports);

    expect(await pages(ports, top)).toEqual(expected);
  });

  it("goes on where it was when servers come and go between two pages", async () => {
    const ports = fakeScanPorts(["b", "d", "f"]);
    await scan(ports);
    const first = await serverEntries({ top: 2, after: null }, ports, noSignal());
    for (const name of ports.store.blobs.keys()) if (name.startsWith("snapshots/d-")) ports.store.blobs.delete(name);
    ports.servers = ["a", "e"].map((name) => serverRef({ name }));
    await scan(ports);

    const second = await serverEntries({ top: 2, after: first.next }, ports, noSignal());

    expect(first.servers.map(({ name }) => name)).toEqual(["b", "d"]);
    expect(second).toMatchObject({ servers: [{ name: "e" }, { name: "f" }], next: null });
  });

  it("has one empty page before the first scan", async () => {
    expect(await pages(fakeScanPorts(), 5)).toEqual([[]]);
  });
});

describe("serverSummary", () => {
  it("knows nothing before the first scan", async () => {
    const ports = fakeScanPorts();

    expect(await serverSummaries(ports, noSignal())).toEqual([]);
    expect(await serverSummary("orders", ports, noSignal())).toBeUndefined();
  });

  it("tells of every server what its last scan left", async () => {
    const ports = fakeScanPorts(["orders", "crm"]);
    await scan(ports);

    const summaries = await serverSummaries(ports, noSignal());

    expect(summaries.map(({ name }) => name)).toEqual(["crm", "orders"]);
    expect(summaries[0]).toMatchObject({ takenAt: "2026-11-22T06:00:00.000Z", baseline: null });
    expect(summaries[0]?.digest).toMatch(/^[0-9a-f]{64}$/);
  });
});

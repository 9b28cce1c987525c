import { describe, expect, it } from "@jest/globals";
import { deliverSpool } from "../../shared/runs/deliverSpool.ts";
import { scanFleet } from "../../shared/runs/scanFleet.ts";
import { fakeScanPorts, noSignal } from "./fakeScanPorts.ts";

const request = { runId: "cli-20261122T060000Z-a", reason: "cli" as const, actor: "test" };

function ignore(): void {
  // Progress is of no interest here.
}

describe("deliverSpool", () => {
  it("replays what an outage kept back, each row once by its RowId", async () => {
    const ports = fakeScanPorts();
    ports.sink.fault = { status: 503 };
    const { run } = await scanFleet(request, ports, ignore, noSignal());
    ports.sink.fault = undefined;

    const replay = await deliverSpool(ports, noSignal());
    const again = await deliverSpool(ports, noSignal());

    expect(run.delivery).toBe("spooled");
    expect(replay.delivered).toBeGreaterThan(10);
    expect(replay.waiting).toBe(0);
    expect(again.delivered).toBe(0);
    const spooled = ports.sink.chunks
      .filter(({ stream }) => stream !== "Custom-PgWardenAudit_CL")
      .flatMap(({ rows }) => rows.map((row) => row["RowId"]));
    expect(new Set(spooled).size).toBe(spooled.length);
  });

  it("leaves everything in place without a sink", async () => {
    const ports = { ...fakeScanPorts(), sink: null };
    await scanFleet(request, ports, ignore, noSignal());
    const before = [...ports.store.blobs.keys()].filter((name) => name.startsWith("spool/"));

    expect(await deliverSpool(ports, noSignal())).toMatchObject({ delivered: 0 });
    expect([...ports.store.blobs.keys()].filter((name) => name.startsWith("spool/"))).toEqual(before);
    expect(before.length).toBeGreaterThan(0);
  });
});

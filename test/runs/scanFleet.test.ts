import { describe, expect, it } from "@jest/globals";
import { scanFleet } from "../../shared/runs/scanFleet.ts";
import { fakeScanPorts, noSignal } from "./fakeScanPorts.ts";

const request = { runId: "cli-20261122T060000Z-a", reason: "cli" as const, actor: "test" };

function ignore(): void {
  // Progress is of no interest here.
}

describe("scanFleet", () => {
  it("scans all servers in this process and closes the run", async () => {
    const ports = fakeScanPorts(["orders", "ledger", "crm"]);
    const progress: string[] = [];

    const { run, scans, broken } = await scanFleet(
      request,
      ports,
      ({ done, total }) => progress.push(`${done}/${total}`),
      noSignal(),
    );

    expect(run).toMatchObject({ status: "succeeded", missing: [] });
    expect(scans.map(({ result }) => result.serverName)).toEqual(["crm", "ledger", "orders"]);
    expect(broken).toEqual([]);
    expect(progress).toEqual(["0/3", "1/3", "2/3", "3/3"]);
    expect(ports.dispatched).toEqual([]);
  });

  it("answers with the findings that are asked for, and counts the others", async () => {
    const [everything, fails] = [fakeScanPorts(["orders"]), fakeScanPorts(["orders"])];

    const all = await scanFleet(request, everything, ignore, noSignal());
    const some = await scanFleet(request, fails, ignore, noSignal(), { keeps: ({ outcome }) => outcome === "fail" });

    const outcomes = (all.scans[0]?.findings ?? []).map(({ outcome }) => outcome);
    expect(outcomes).toContain("fail");
    expect(new Set(outcomes).size).toBeGreaterThan(1);
    expect(some.scans[0]?.findings).toEqual(all.scans[0]?.findings.filter(({ outcome }) => outcome === "fail"));
    expect(some.scans[0]?.result.outcomes).toEqual(all.scans[0]?.result.outcomes);
  });

  it("lets a server that breaks off cost only itself, and names it as missing", async () => {
    const ports = fakeScanPorts(["orders", "ledger"]);
    ports.faults.set("ledger", new TypeError("a bug"));

    const { run, scans, broken } = await scanFleet(request, ports, ignore, noSignal());

    expect(run).toMatchObject({ status: "partial", missing: ["ledger"] });
    expect(scans).toHaveLength(1);
    expect(broken).toMatchObject([{ error: { message: "a bug" } }]);
  });
});

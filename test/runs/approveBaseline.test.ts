import { describe, expect, it } from "@jest/globals";
import { collected, unavailable } from "../../shared/collect/section.ts";
import { approveBaseline } from "../../shared/runs/approveBaseline.ts";
import { scanFleet } from "../../shared/runs/scanFleet.ts";
import { role } from "../builders.ts";
import { type FakeScanPorts, fakeScanPorts, noSignal } from "./fakeScanPorts.ts";

let runs = 0;

async function scan(ports: FakeScanPorts) {
  runs += 1;
  const request = { runId: `cli-20261122T060000Z-${runs}`, reason: "cli" as const, actor: "test" };
  const { scans } = await scanFleet(request, ports, () => undefined, noSignal());
  const first = scans[0];
  if (first === undefined) throw new Error("nothing was scanned");
  return first;
}

function approvalOf(serverId: string, digest: string) {
  return { serverId, digest, approvedBy: "ann", reason: "reviewed", expires: null };
}

describe("approveBaseline", () => {
  it("makes later changes drift from it, until they are gone", async () => {
    const ports = fakeScanPorts();
    ports.look.set("orders", { roles: collected([role("app_rw", { canLogIn: true })]) });
    const { result } = await scan(ports);
    const approved = await approveBaseline(approvalOf(result.serverId, result.digest), ports, noSignal());
    ports.look.set("orders", {
      roles: collected([role("app_rw", { canLogIn: true }), role("eve", { canLogIn: true })]),
    });

    const second = await scan(ports);
    const third = await scan(ports);

    expect(approved).toMatchObject({ outcome: "approved", baseline: { approvedBy: "ann", reason: "reviewed" } });
    expect(second.drifts.map(({ comparison, cause }) => `${comparison} ${cause}`).sort()).toEqual([
      "baseline role/eve",
      "previous role/eve",
    ]);
    // It stays different from what was approved, but it did not change again.
    expect(third.drifts.map(({ comparison, cause }) => `${comparison} ${cause}`)).toEqual(["baseline role/eve"]);
  });

  it("cannot tell drift of what the approved snapshot had not read", async () => {
    const ports = fakeScanPorts();
    const denied = unavailable("denied", "no right in this test");
    ports.look.set("orders", { roles: collected([role("app_rw")]), memberships: denied });
    const { result } = await scan(ports);
    await approveBaseline(approvalOf(result.serverId, result.digest), ports, noSignal());
    ports.look.set("orders", { roles: collected([role("app_rw")]), memberships: collected([]) });

    const { findings } = await scan(ports);

    const drift = findings.filter(({ controlId }) =>
      ["role-membership-drift", "role-new-or-dropped"].includes(controlId),
    );
    expect(drift.map(({ controlId, subject, outcome }) => ({ controlId, subject, outcome }))).toEqual([
      { controlId: "role-membership-drift", subject: "part/memberships", outcome: "unknown" },
      { controlId: "role-new-or-dropped", subject: "server", outcome: "pass" },
    ]);
  });

  it("refuses a digest that is not the newest snapshot's, and says which is", async () => {
    const ports = fakeScanPorts();
    ports.look.set("orders", { roles: collected([role("app_rw")]) });
    const { result } = await scan(ports);
    ports.look.set("orders", { roles: collected([role("app_rw"), role("eve")]) });
    const moved = await scan(ports);

    const refused = await approveBaseline(approvalOf(result.serverId, result.digest), ports, noSignal());

    expect(refused).toEqual({ outcome: "moved", digest: moved.result.digest });
    expect([...ports.store.blobs.keys()].filter((name) => name.startsWith("baselines/"))).toEqual([]);
  });

  it("cannot approve what was never scanned", async () => {
    const approval = approvalOf("/subscriptions/x", "0".repeat(64));

    expect(await approveBaseline(approval, fakeScanPorts(), noSignal())).toEqual({ outcome: "notScanned" });
  });

  it.each(["2026-11-22", "2020-01-01", "soon"])(
    "approves nothing until %s, which is no day to come",
    async (expires) => {
      const ports = fakeScanPorts();
      const { result } = await scan(ports);

      const answer = await approveBaseline(
        { ...approvalOf(result.serverId, result.digest), expires },
        ports,
        noSignal(),
      );

      expect(answer).toEqual({ outcome: "over" });
      expect([...ports.store.blobs.keys()].filter((name) => name.startsWith("baselines/"))).toEqual([]);
    },
  );

  it("leaves an audit line for approval and refusal alike", async () => {
    const ports = fakeScanPorts();
    const { result } = await scan(ports);

    await approveBaseline(approvalOf(result.serverId, result.digest), ports, noSignal());
    await approveBaseline(approvalOf(result.serverId, "f".repeat(64)), ports, noSignal());

    const name = [...ports.audit.blobs.keys()].find((blob) => blob.includes("approvals")) ?? "";
    const outcomes = ports.audit.text(name).match(/"outcome":"\w+"/g);
    expect(outcomes).toEqual(['"outcome":"approved"', '"outcome":"refused"']);
  });
});

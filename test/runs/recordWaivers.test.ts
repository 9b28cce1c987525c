import { describe, expect, it } from "@jest/globals";
import type { Waiver } from "../../shared/model/finding.ts";
import { readLine } from "../../shared/publish/auditLine.ts";
import { verifyAudit } from "../../shared/publish/verifyAudit.ts";
import type { ScanPorts } from "../../shared/runs/scanPorts.ts";
import { recordWaivers } from "../../shared/runs/recordWaivers.ts";
import { startScan } from "../../shared/runs/startScan.ts";
import { config, type FakeScanPorts, fakeScanPorts, noSignal } from "./fakeScanPorts.ts";

const accepted: Waiver = {
  control: "tls-min-version",
  subject: "server",
  reason: "ends with the migration",
  owner: "dba@example.com",
  expires: "2027-01-31",
};
const office: Waiver = { ...accepted, control: "net-fw-range-size", subject: "firewallRule/office", server: "orders" };
const blob = "waivers/recorded.json";

function withWaivers(ports: FakeScanPorts, waivers: readonly Waiver[]): ScanPorts {
  return { ...ports, config: { ...config, waivers }, now: () => ports.time };
}

function lines({ audit }: FakeScanPorts) {
  const text = audit.text("audit/waivers/2026-11.jsonl");
  return text.split("\n").flatMap((line) => {
    const read = readLine(line);
    return read.state === "whole" ? [read.line] : [];
  });
}

function told(ports: FakeScanPorts): readonly string[] {
  return lines(ports).map(({ action, target, runId }) => `${runId ?? ""} ${action} ${target}`);
}

describe("recordWaivers", () => {
  it("leaves one line for each waiver that is new, changed or gone, with what was accepted", async () => {
    const ports = fakeScanPorts();
    await recordWaivers("r1", withWaivers(ports, [accepted, office]), noSignal());
    const later = { ...accepted, expires: "2027-06-30" };

    await recordWaivers("r2", withWaivers(ports, [later]), noSignal());

    const { reason, owner } = accepted;
    const common = { actor: "configuration" };
    const terms = { reason, owner, expires: "2027-01-31" };
    const forOffice = { target: "net-fw-range-size/firewallRule/office", detail: { server: "orders", ...terms } };
    expect(lines(ports)).toMatchObject([
      { ...common, action: "waiver.add", outcome: "added", runId: "r1", ...forOffice },
      { ...common, action: "waiver.add", target: "tls-min-version/server", detail: { server: null, ...terms } },
      { ...common, action: "waiver.remove", outcome: "removed", runId: "r2", ...forOffice },
      {
        ...common,
        action: "waiver.change",
        outcome: "changed",
        target: "tls-min-version/server",
        detail: { server: null, reason, owner, expires: "2027-06-30", before: terms },
      },
    ]);
    expect((await verifyAudit(ports.audit, noSignal())).problems).toEqual([]);
    // What the run before wrote is delivered once more, under the RowId that it had.
    const told = new Map(ports.sink.rows().map((row) => [row["RowId"], row["Action"]]));
    expect([...told.values()]).toEqual(lines(ports).map(({ action }) => action));
  });

  it("writes nothing while waivers stay as they are, and nothing where there are none", async () => {
    const ports = fakeScanPorts();
    await recordWaivers("r0", withWaivers(ports, []), noSignal());
    expect([ports.store.blobs.size, ports.audit.blobs.size]).toEqual([0, 0]);
    await recordWaivers("r1", withWaivers(ports, [accepted, office]), noSignal());
    const before = [ports.store.blobs.get(blob)?.etag, lines(ports).length];

    await recordWaivers("r2", withWaivers(ports, [office, accepted]), noSignal());

    expect([ports.store.blobs.get(blob)?.etag, lines(ports).length]).toEqual(before);
  });

  it("tells a change once when two runs start at once, in any interleaving of many", async () => {
    const ports = fakeScanPorts();

    await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        recordWaivers(`r${index}`, withWaivers(ports, [accepted, office]), noSignal()),
      ),
    );

    expect(lines(ports).map(({ action, target }) => [action, target])).toEqual([
      ["waiver.add", "net-fw-range-size/firewallRule/office"],
      ["waiver.add", "tls-min-version/server"],
    ]);
  });

  it("tells nothing again when the tick of a run is repeated", async () => {
    const ports = fakeScanPorts();
    const request = { runId: "timer-20261122T060000Z", reason: "timer", actor: "timer" } as const;
    await startScan(request, withWaivers(ports, [accepted]), noSignal());

    await startScan(request, withWaivers(ports, [accepted]), noSignal());

    expect(told(ports)).toEqual([`${request.runId} waiver.add tls-min-version/server`]);
  });

  it("finishes what a run left that died before its lines, and leaves it alone while it may still be alive", async () => {
    const ports = fakeScanPorts();
    ports.audit.beforeAppend = () => Promise.reject(new Error("The instance is gone."));
    await expect(recordWaivers("r1", withWaivers(ports, [accepted]), noSignal())).rejects.toThrow("gone");
    ports.audit.beforeAppend = undefined;

    ports.time = new Date("2026-11-22T06:14:59.000Z");
    await recordWaivers("r2", withWaivers(ports, [accepted, office]), noSignal());
    const early = told(ports);
    ports.time = new Date("2026-11-22T06:15:00.000Z");
    await recordWaivers("r3", withWaivers(ports, [accepted, office]), noSignal());

    expect(early).toEqual([]);
    expect(told(ports)).toEqual([
      "r1 waiver.add tls-min-version/server",
      "r3 waiver.add net-fw-range-size/firewallRule/office",
    ]);
  });

  it("repeats no line of a run that died right after them", async () => {
    const ports = fakeScanPorts();
    const dying = withWaivers(ports, [accepted]);
    const store = {
      ...ports.store,
      write: (...args: Parameters<typeof ports.store.write>) =>
        lines(ports).length > 0 ? Promise.reject(new Error("The instance is gone.")) : ports.store.write(...args),
    };
    await expect(recordWaivers("r1", { ...dying, store }, noSignal())).rejects.toThrow("gone");

    ports.time = new Date("2026-11-22T12:00:00.000Z");
    await recordWaivers("r2", dying, noSignal());
    await recordWaivers("r3", dying, noSignal());

    expect(told(ports)).toEqual(["r1 waiver.add tls-min-version/server"]);
  });

  it("tells every waiver anew when what was recorded cannot be read", async () => {
    const ports = fakeScanPorts();
    await recordWaivers("r1", withWaivers(ports, [accepted]), noSignal());
    await ports.store.write(blob, Buffer.from("{"), "replace", noSignal());

    await recordWaivers("r2", withWaivers(ports, [accepted]), noSignal());

    expect(told(ports)).toEqual(["r1 waiver.add tls-min-version/server", "r2 waiver.add tls-min-version/server"]);
  });
});

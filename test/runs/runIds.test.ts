import { describe, expect, it } from "@jest/globals";
import { changeSlot, cliRunId, httpRunId, isRunId, slotOf, timerRunId } from "../../shared/runs/runIds.ts";

const everySixHours = "0 0 */6 * * *";

describe("slotOf", () => {
  it.each([
    ["on the second", "2026-11-22T06:00:00.000Z", "2026-11-22T06:00:00.000Z"],
    ["a moment too early", "2026-11-22T05:59:59.400Z", "2026-11-22T06:00:00.000Z"],
    ["repeated minutes later", "2026-11-22T06:07:31.000Z", "2026-11-22T06:00:00.000Z"],
    ["caught up after hours", "2026-11-22T11:59:00.000Z", "2026-11-22T06:00:00.000Z"],
  ])("names the same slot for a tick %s", (_name, now, slot) => {
    expect(slotOf(everySixHours, new Date(now)).toISOString()).toBe(slot);
  });

  it("reads five fields as well as six", () => {
    expect(slotOf("*/15 * * * *", new Date("2026-11-22T06:20:00Z")).toISOString()).toBe("2026-11-22T06:15:00.000Z");
  });
});

describe("run ids", () => {
  it("make one id of one slot", () => {
    expect(timerRunId(new Date("2026-11-22T06:00:00.000Z"))).toBe("timer-20261122T060000Z");
  });

  it("tie an idempotency key to its caller", () => {
    expect(httpRunId("ann", "k1")).toBe(httpRunId("ann", "k1"));
    expect(httpRunId("ann", "k1")).not.toBe(httpRunId("bob", "k1"));
    expect(httpRunId("ann", "k1")).not.toBe(httpRunId("ann", "k2"));
  });

  it("are all accepted as run ids", () => {
    const ids = [
      timerRunId(new Date(0)),
      httpRunId("ann", "k"),
      cliRunId(new Date(0), "a1b2c3d4"),
      changeSlot("/subscriptions/x", new Date(0)).runId,
    ];

    expect(ids.filter((id) => !isRunId(id))).toEqual([]);
  });

  it.each(["../secrets", "timer-../../x", "timer-", "run-20261122T060000Z", "timer-a/b-123456789"])(
    "refuse %s",
    (text) => {
      expect(isRunId(text)).toBe(false);
    },
  );
});

describe("changeSlot", () => {
  const server = "/subscriptions/s/resourcegroups/g/providers/microsoft.dbforpostgresql/flexibleservers/orders";

  it("gathers the changes of one slot into one run at its end", () => {
    const first = changeSlot(server, new Date("2026-11-22T06:00:10Z"));
    const second = changeSlot(server, new Date("2026-11-22T06:01:59.500Z"));

    expect(first.runId).toBe(second.runId);
    expect(first.delaySeconds).toBe(110);
    expect(second.delaySeconds).toBe(1);
  });

  it("never lets a change be answered by a scan from before it", () => {
    const before = changeSlot(server, new Date("2026-11-22T06:01:59.999Z"));
    const after = changeSlot(server, new Date("2026-11-22T06:02:00.000Z"));

    expect(after.runId).not.toBe(before.runId);
    expect(after.delaySeconds).toBe(120);
  });

  it("keeps servers apart", () => {
    const now = new Date("2026-11-22T06:00:10Z");

    expect(changeSlot(server, now).runId).not.toBe(changeSlot(`${server}2`, now).runId);
  });
});

import { describe, expect, it } from "@jest/globals";
import { isWindowOpen, windowOpensAt } from "../../shared/rotate/rotationWindow.ts";

const night = { opens: "0 0 2 * * *", durationMs: 2 * 3_600_000 };
const weekend = { opens: "0 0 22 * * Sat", durationMs: 30 * 3_600_000 };

describe("isWindowOpen", () => {
  it.each([
    ["at the opening", night, "2026-11-22T02:00:00.000Z", true],
    ["a moment before", night, "2026-11-22T01:59:59.999Z", false],
    ["in between", night, "2026-11-22T03:59:59.999Z", true],
    ["at the end", night, "2026-11-22T04:00:00.000Z", false],
    ["on the next day of a window that lasts over midnight", weekend, "2026-11-23T03:59:00.000Z", true],
    ["after it", weekend, "2026-11-23T04:00:00.000Z", false],
    ["in the hour that clocks in Europe skip", night, "2026-03-29T02:30:00.000Z", true],
    ["in the hour that clocks in America have twice", night, "2026-11-01T05:30:00.000Z", false],
    ["on 29 February", { opens: "0 0 0 29 Feb *", durationMs: 3_600_000 }, "2028-02-29T00:30:00.000Z", true],
    ["without a window", null, "2026-11-22T12:00:00.000Z", true],
  ])("knows %s", (_, window, at, expected) => {
    expect(isWindowOpen(window, new Date(at))).toBe(expected);
  });

  it("asks for both day and weekday, as the host does", () => {
    const fridayThe13th = { opens: "0 0 0 13 * Fri", durationMs: 86_400_000 };

    expect(isWindowOpen(fridayThe13th, new Date("2026-11-13T12:00:00.000Z"))).toBe(true);
    expect(isWindowOpen(fridayThe13th, new Date("2026-11-20T12:00:00.000Z"))).toBe(false);
  });
});

describe("windowOpensAt", () => {
  it.each([
    ["is now while it is open", night, "2026-11-22T03:00:00.000Z", "2026-11-22T03:00:00.000Z"],
    ["is the next opening after its end", night, "2026-11-22T04:00:00.000Z", "2026-11-23T02:00:00.000Z"],
    ["is now without a window", null, "2026-11-22T04:00:00.000Z", "2026-11-22T04:00:00.000Z"],
  ])("%s", (_, window, at, expected) => {
    expect(windowOpensAt(window, new Date(at)).toISOString()).toBe(expected);
  });
});

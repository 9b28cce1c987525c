import { describe, expect, it } from "@jest/globals";
import { collected, unavailable } from "../../shared/collect/section.ts";
import { nextHistory } from "../../shared/diff/history.ts";
import { posture, takenAt } from "../builders.ts";

const office = { name: "office", first: "203.0.113.0", last: "203.0.113.15" };
const key = "office 203.0.113.0 203.0.113.15";
const long = { firewallRules: { [key]: "2026-01-01T00:00:00.000Z" } };

describe("nextHistory", () => {
  it("keeps when a rule was first seen", () => {
    expect(nextHistory(long, posture({ firewallRules: collected([office]) }))).toEqual(long);
  });

  it("takes an edited rule as a new one and forgets what is gone", () => {
    const edited = posture({ firewallRules: collected([{ ...office, last: "203.0.113.16" }]) });

    expect(nextHistory(long, edited)).toEqual({ firewallRules: { "office 203.0.113.0 203.0.113.16": takenAt } });
  });

  it("stays as it is when the rules could not be read", () => {
    expect(nextHistory(long, posture({ firewallRules: unavailable("denied", "no right") }))).toBe(long);
  });
});

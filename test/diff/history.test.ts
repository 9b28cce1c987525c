import { describe, expect, it } from "@jest/globals";
import { collected, unavailable } from "../../shared/collect/section.ts";
import { nextHistory } from "../../shared/diff/history.ts";
import { snapshotOf } from "../../shared/diff/snapshot.ts";
import { posture, role, takenAt } from "../builders.ts";

const office = { name: "office", first: "203.0.113.0", last: "203.0.113.15" };
const key = "office 203.0.113.0 203.0.113.15";
const earlier = "2026-01-01T00:00:00.000Z";
const long = { firewallRules: { [key]: earlier } };
const noRoles = snapshotOf(posture());

describe("nextHistory", () => {
  it("keeps when a rule was first seen", () => {
    const before = { history: long, snapshot: noRoles };

    expect(nextHistory(before, posture({ firewallRules: collected([office]) }))).toEqual(long);
  });

  it("takes an edited rule as a new one and forgets what is gone", () => {
    const edited = posture({ firewallRules: collected([{ ...office, last: "203.0.113.16" }]) });

    expect(nextHistory({ history: long, snapshot: noRoles }, edited)).toEqual({
      firewallRules: { "office 203.0.113.0 203.0.113.16": takenAt },
    });
  });

  it("keeps rules and roles as they are when they could not be read", () => {
    const unread = posture({ firewallRules: unavailable("denied", "no right"), roles: unavailable("denied", "none") });
    const history = { ...long, newRoles: { app_rw: earlier } };

    expect(nextHistory({ history, snapshot: noRoles }, unread)).toEqual(history);
  });

  it("takes every role of a first scan for old", () => {
    const first = posture({ roles: collected([role("app_rw", { oid: 20 })]) });

    expect(nextHistory(undefined, first)).toEqual({ firewallRules: {} });
  });

  it("knows a role that the scan before had not found, one that was made again, and for how long", () => {
    const seen = snapshotOf(posture({ roles: collected([role("old", { oid: 20 }), role("again", { oid: 21 })]) }));
    const roles = collected([role("old", { oid: 20 }), role("again", { oid: 31 }), role("constructor", { oid: 30 })]);
    const second = nextHistory({ history: { firewallRules: {} }, snapshot: seen }, posture({ roles }));
    const later = { ...posture({ roles }), takenAt: "2026-12-24T00:00:00.000Z" };

    expect(second.newRoles).toEqual({ again: takenAt, constructor: takenAt });
    expect(nextHistory({ history: second, snapshot: snapshotOf(posture({ roles })) }, later).newRoles).toEqual(
      second.newRoles,
    );
  });

  it("calls no role new after a scan that could not read roles", () => {
    const now = posture({ roles: collected([role("app_rw", { oid: 20 })]) });

    expect(nextHistory({ history: long, snapshot: noRoles }, now).newRoles).toBeUndefined();
  });
});

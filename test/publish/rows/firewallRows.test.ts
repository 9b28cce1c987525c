import { describe, expect, it } from "@jest/globals";
import { collected } from "../../../shared/collect/section.ts";
import { firewallRows } from "../../../shared/publish/rows/firewallRows.ts";
import { posture, serverRef, takenAt } from "../../builders.ts";
import { expectRow } from "./checkRow.ts";

const context = { runId: "r1", now: new Date("2026-11-22T06:00:05.000Z"), takenAt, server: serverRef() };
const office = { name: "office", first: "203.0.113.0", last: "203.0.113.15" };

describe("firewallRows", () => {
  it("tells every rule, its size and its age", () => {
    const all = { name: "all", first: "0.0.0.0", last: "255.255.255.255" };
    const history = { firewallRules: { "office 203.0.113.0 203.0.113.15": "2026-01-01T00:00:00.000Z" } };

    const rows = firewallRows(posture({ firewallRules: collected([office, all]) }), history, context);

    for (const row of rows) expectRow("PgWardenFirewall_CL", row);
    expect(rows.map(({ RuleName, AddressCount, FirstSeen }) => [RuleName, AddressCount, FirstSeen])).toEqual([
      ["office", 16, "2026-01-01T00:00:00.000Z"],
      ["all", 2 ** 32, takenAt],
    ]);
  });

  it("tells nothing of rules that could not be read", () => {
    expect(firewallRows(posture(), { firewallRules: {} }, context)).toEqual([]);
  });
});

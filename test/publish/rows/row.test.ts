import { describe, expect, it } from "@jest/globals";
import { sha256 } from "../../../shared/diff/canonical.ts";
import { makeRow, objectOf } from "../../../shared/publish/rows/row.ts";
import { serverRef } from "../../builders.ts";

const now = new Date("2026-11-22T06:00:05.000Z");
const context = { runId: "r1", now, takenAt: "2026-11-22T06:00:00.000Z", server: serverRef() };
const own = {
  RuleName: "office",
  FirstAddress: "203.0.113.0",
  LastAddress: "203.0.113.15",
  AddressCount: 16,
  FirstSeen: null,
};

describe("makeRow", () => {
  it("completes a row with the common columns", () => {
    expect(makeRow("PgWardenFirewall_CL", context, "office", own)).toEqual({
      TimeGenerated: "2026-11-22T06:00:05.000Z",
      CollectedAt: "2026-11-22T06:00:00.000Z",
      RunId: "r1",
      RowId: sha256(`r1|PgWardenFirewall_CL|${serverRef().id}|office`),
      SchemaVersion: 1,
      TargetResourceId: serverRef().id,
      SubscriptionId: serverRef().subscriptionId,
      ResourceGroup: "shop",
      ServerName: "orders",
      ...own,
    });
  });

  it("gives one RowId to a row that is made again later, and different ones to all else", () => {
    const ids = [
      makeRow("PgWardenFirewall_CL", context, "office", own),
      makeRow("PgWardenFirewall_CL", { ...context, now: new Date(0) }, "office", own),
      makeRow("PgWardenFirewall_CL", { ...context, runId: "r2" }, "office", own),
      makeRow("PgWardenFirewall_CL", { ...context, server: null }, "office", own),
      makeRow("PgWardenFirewall_CL", context, "other", own),
    ].map(({ RowId }) => RowId);

    expect(ids[0]).toBe(ids[1]);
    expect(new Set(ids).size).toBe(4);
  });

  it("shortens a field that Azure would cut silently", () => {
    const row = makeRow("PgWardenFirewall_CL", context, "office", { ...own, RuleName: "x".repeat(70_000) });

    expect(row.RuleName).toMatch(/x … \(shortened from 70002 bytes\)$/);
  });

  it("does not compile with a column missing, of another type or unknown", () => {
    const { RuleName, ...missing } = own;

    // @ts-expect-error RuleName is missing
    makeRow("PgWardenFirewall_CL", context, "office", missing);
    // @ts-expect-error AddressCount is a number
    makeRow("PgWardenFirewall_CL", context, "office", { ...missing, RuleName, AddressCount: "16" });
    // @ts-expect-error there is no such column
    makeRow("PgWardenFirewall_CL", context, "office", { ...missing, RuleName, Colour: "red" });
    expect(RuleName).toBe("office");
  });
});

describe("objectOf", () => {
  it.each([
    ["server", "server", null],
    ["role/app_rw", "role", "app_rw"],
    ["role/a%2Fb%25", "role", "a/b%"],
    ["membership/azure_pg_admin/app_rw", "membership", "azure_pg_admin/app_rw"],
  ])("reads %s", (subject, ObjectType, ObjectName) => {
    expect(objectOf(subject)).toEqual({ ObjectType, ObjectName });
  });
});

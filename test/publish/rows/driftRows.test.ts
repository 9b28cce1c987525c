import { describe, expect, it } from "@jest/globals";
import type { Drift } from "../../../shared/model/drift.ts";
import { driftRows } from "../../../shared/publish/rows/driftRows.ts";
import { serverRef, takenAt } from "../../builders.ts";
import { drift } from "../publishBuilders.ts";
import { expectRow } from "./checkRow.ts";

const now = new Date("2026-11-22T06:00:05.000Z");
const context = { runId: "r1", now, takenAt, server: serverRef() };

describe("driftRows", () => {
  it.each<[string, Partial<Drift>, object | null]>([
    ["an object", {}, { value: "on", source: null }],
    ["a plain value", { before: "Enabled" }, { value: "Enabled" }],
    ["nothing", { before: null }, null],
  ])("keeps %s in a dynamic column", (_name, override, expected) => {
    const [row] = driftRows([drift(override)], context);

    expectRow("PgWardenDrift_CL", { ...row });
    expect(row?.Before).toEqual(expected);
    expect(row).toMatchObject({ ObjectType: "parameter", ObjectName: "require_secure_transport", EffectCount: 1 });
  });

  it("says who gained, and in which database", () => {
    const gained = {
      direction: "gained",
      database: "shop",
      gainedCount: 30,
      gainedPrincipals: ["ann", "bob"],
    } as const;

    const [row] = driftRows([drift(gained)], context);

    expectRow("PgWardenDrift_CL", { ...row });
    expect(row).toMatchObject({
      Direction: "gained",
      DatabaseName: "shop",
      GainedCount: 30,
      GainedPrincipals: ["ann", "bob"],
    });
  });

  it("gives the two comparisons of one cause two rows", () => {
    const rows = driftRows([drift(), drift({ comparison: "baseline", driftId: "b".repeat(64) })], context);

    expect(new Set(rows.map(({ RowId }) => RowId)).size).toBe(2);
  });
});

import { describe, expect, it } from "@jest/globals";
import type { Run, ServerResult } from "../../../shared/model/run.ts";
import { runRow, runServerRow } from "../../../shared/publish/rows/runRows.ts";
import { serverRef, takenAt } from "../../builders.ts";
import { run, serverResult } from "../publishBuilders.ts";
import { expectRow } from "./checkRow.ts";

const now = new Date("2026-11-22T06:00:05.000Z");
const context = { runId: "r1", now, takenAt, server: serverRef() };

describe("runRows", () => {
  it("tells a run once, open or closed, and each server in it", () => {
    const open: Run = { ...run(), finishedAt: null, status: "running", delivery: null };
    const result: ServerResult = serverResult();

    const rows = [
      runRow(open, { now, takenAt }),
      runRow(run(), { now, takenAt }),
      runServerRow(result, run(), context),
    ];

    for (const row of rows) expectRow("PgWardenRun_CL", row);
    expect(rows[0]?.RowId).toBe(rows[1]?.RowId);
    expect(rows[1]).toMatchObject({ Scope: "run", Status: "partial", DurationMs: 60_000, ServersMissing: ["billing"] });
    expect(rows[2]).toMatchObject({ Scope: "server", ServerName: "orders", FailCount: 2, DriftCount: 1 });
  });
});

import { describe, expect, it } from "@jest/globals";
import { appendAudit } from "../../../shared/publish/auditLog.ts";
import { auditRows } from "../../../shared/publish/rows/auditRows.ts";
import { memoryAppendStore } from "../../fakes/memoryAppendStore.ts";
import { expectRow } from "./checkRow.ts";

const now = new Date("2026-11-22T06:00:05.000Z");

describe("auditRows", () => {
  it("tells the lines of the chain under their number", async () => {
    const event = { actor: "cli", action: "scan.start", target: "fleet", outcome: "started", runId: null, detail: {} };
    const { signal } = new AbortController();
    const { lines } = await appendAudit(memoryAppendStore(), "runs", [event, event], now, signal);

    const rows = auditRows("runs", lines, { now, server: null });

    for (const row of rows) expectRow("PgWardenAudit_CL", row);
    expect(rows.map(({ Seq, RunId, LineHash }) => [Seq, RunId, LineHash])).toEqual([
      [1, "", lines[0]?.hash],
      [2, "", lines[1]?.hash],
    ]);
    expect(new Set(rows.map(({ RowId }) => RowId)).size).toBe(2);
  });
});

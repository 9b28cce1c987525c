import { expect, it } from "@jest/globals";
import * as v from "valibot";
import { appendAudit } from "../../shared/publish/auditLog.ts";
import { AuditReport, auditReport } from "../../shared/publish/auditSchema.ts";
import { verifyAudit } from "../../shared/publish/verifyAudit.ts";
import { memoryAppendStore } from "../fakes/memoryAppendStore.ts";

const { signal } = new AbortController();
const now = new Date("2026-11-22T06:00:00.000Z");
const event = { actor: "timer", action: "scan.start", target: "fleet", outcome: "started", runId: "r1", detail: {} };

it("says all that verification found, in the documented shape and no other", async () => {
  const store = memoryAppendStore();
  const { lines } = await appendAudit(store, "runs", [event], now, signal);
  store.setText("audit/notes.txt", "");

  const printed: unknown = JSON.parse(JSON.stringify(auditReport(await verifyAudit(store, signal))));

  expect(printed).toEqual({
    schema: "pgwarden.audit/1",
    streams: 1,
    lines: 1,
    problems: [{ blob: "audit/notes.txt", line: 0, message: "Blob audit/notes.txt is no part of an audit stream." }],
    heads: [{ stream: "runs", seq: 1, time: now.toISOString(), hash: lines[0]?.hash }],
  });
  expect(v.parse(AuditReport, printed)).toEqual(printed);
});

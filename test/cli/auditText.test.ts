import { expect, it } from "@jest/globals";
import { auditText } from "../../shared/cli/auditText.ts";
import { appendAudit } from "../../shared/publish/auditLog.ts";
import { verifyAudit } from "../../shared/publish/verifyAudit.ts";
import { memoryAppendStore } from "../fakes/memoryAppendStore.ts";

const { signal } = new AbortController();
const now = new Date("2026-11-22T06:00:00.000Z");
const event = { actor: "timer", action: "scan.start", target: "fleet", outcome: "started", runId: "r1", detail: {} };

it("prints one whole line per stream, with the number, time and hash of its last line", async () => {
  const store = memoryAppendStore();
  const runs = await appendAudit(store, "runs", [event, event], now, signal);
  const approvals = await appendAudit(store, "approvals", [event], now, signal);

  const text = auditText(await verifyAudit(store, signal), 100);

  const time = now.toISOString();
  expect(text.split("\n").map((line) => line.split(/ {2,}/))).toEqual([
    ["STREAM", "LAST LINE", "TIME", "HASH"],
    ["approvals", "1", time, approvals.lines[0]?.hash],
    ["runs", "2", time, runs.lines[1]?.hash],
    ["3 lines in 2 streams: every hash fits."],
  ]);
});

it("prints what does not fit before, and shows what a blob's name holds", async () => {
  const store = memoryAppendStore();
  store.setText("audit/evil\u001b[2J.jsonl", "");

  expect(auditText(await verifyAudit(store, signal), 100)).toBe(
    "audit/evil\\u001b[2J.jsonl:0 Blob audit/evil\\u001b[2J.jsonl is no part of an audit stream.\n" +
      "0 lines in 0 streams: 1 problems.",
  );
});

import { describe, expect, it } from "@jest/globals";
import { collected, unavailable } from "../../shared/collect/section.ts";
import { type AuditEvent, type AuditLine, chainStart, makeLine } from "../../shared/publish/auditLine.ts";
import { appendAudit } from "../../shared/publish/auditLog.ts";
import { auditRows } from "../../shared/publish/rows/auditRows.ts";
import { runServerRow } from "../../shared/publish/rows/runRows.ts";
import { role, serverRef } from "../builders.ts";
import { memoryAppendStore } from "../fakes/memoryAppendStore.ts";
import { run, serverResult } from "../publish/publishBuilders.ts";
import type { Rows } from "./evaluate.ts";
import { ask } from "./queries.ts";
import { after, ingestedAt, merged, runOf, scanned, sent } from "./scans.ts";
import { now, testAlert } from "./testAlert.ts";

// Rules about pgwarden itself.

const before = "2026-11-22T05:40:00.000Z";
const last = "2026-11-22T11:40:00.000Z";
const { id: TargetResourceId, name: ServerName } = serverRef();

testAlert("noScan", {
  fires: [
    { name: "no rows at all", rows: {}, tells: [{ Scans: 0 }] },
    { name: "a scan of yesterday morning", rows: runOf("2026-11-21T08:00:00.000Z"), tells: [{ Scans: 0 }] },
    {
      name: "runs that failed, that are open, or that were about one change",
      rows: merged([
        runOf(before, { status: "failed" }),
        runOf("2026-11-22T06:40:00.000Z", { status: "running", finishedAt: null }),
        runOf(last, { reason: "change" }),
      ]),
      tells: [{ Scans: 0 }],
    },
  ],
  silent: [
    { name: "a scan of this morning", rows: runOf(before) },
    { name: "a scan that missed a server", rows: runOf(before, { status: "partial", missing: ["billing"] }) },
  ],
});

testAlert("coverageFell", {
  fires: [
    {
      name: "a server without an answer",
      rows: merged([runOf(before), runOf(last, { status: "partial", missing: ["billing"] })]),
      tells: [{ Status: "partial", Missing: 1, ServersMissing: "billing" }],
    },
    {
      name: "an inventory that is smaller than before",
      rows: runOf(last, { coverageFindings: ["Discovery found 2 servers; the run before found 3."] }),
      tells: [{ CoverageFindings: "Discovery found 2 servers; the run before found 3." }],
    },
    { name: "a run that failed", rows: runOf(last, { status: "failed" }), tells: [{ Status: "failed" }] },
    {
      name: "a run after which another one has begun",
      rows: merged([
        runOf(before, { status: "partial", missing: ["billing"] }),
        runOf(last, { status: "running", finishedAt: null }),
      ]),
      tells: [{ RunId: `run-${before}` }],
    },
    {
      name: "a run after which somebody scanned one server by hand",
      rows: merged([
        runOf(before, { status: "partial", missing: ["billing"] }),
        runOf(last, { reason: "http", scope: "servers" }),
      ]),
      tells: [{ ServersMissing: "billing" }],
    },
  ],
  silent: [
    { name: "a run that saw everything", rows: runOf(last) },
    {
      name: "a server that answers again",
      rows: merged([runOf(before, { status: "partial", missing: ["billing"] }), runOf(last)]),
    },
    { name: "no rows", rows: {} },
  ],
});

const denied = unavailable("denied", "The login has no right.");
const readable = { roles: collected([role("app_rw")]) };

testAlert("serverNotRead", {
  fires: [
    {
      name: "a section that could be read before",
      rows: scanned([
        { at: before, sections: readable },
        { at: last, sections: { roles: denied } },
      ]),
      tells: [
        {
          TargetResourceId,
          ServerName,
          Status: "partial",
          GapCount: 1,
          FewestGaps: 0,
          FirstGap: "roles: denied, The login has no right.",
        },
      ],
    },
    {
      name: "a server that is gone",
      rows: scanned([
        { at: before, sections: { server: unavailable("unreachable", "No answer."), roles: denied } },
        { at: last, sections: { server: unavailable("unreachable", "No answer.") } },
      ]),
      tells: [{ ServerName, Status: "failed" }],
    },
  ],
  silent: [
    { name: "a run that failed as a whole", rows: runOf(last, { status: "failed" }) },
    {
      name: "a section that could never be read",
      rows: scanned([
        { at: before, sections: { roles: denied } },
        { at: last, sections: { roles: denied } },
      ]),
    },
    {
      name: "a section that can be read again",
      rows: scanned([
        { at: before, sections: { roles: denied } },
        { at: last, sections: readable },
      ]),
    },
    { name: "no rows", rows: {} },
  ],
});

function event(action: string, outcome: string, detail: AuditEvent["detail"] = {}): AuditEvent {
  return { actor: "pgwarden", action, target: "log-analytics", outcome, runId: null, detail };
}

/** The rows of lines that were written one minute after the other. */
function told(stream: string, lines: readonly AuditLine[]): Rows {
  return merged(
    lines.map((line) =>
      sent({ PgWardenAudit_CL: auditRows(stream, [line], { now: new Date(line.time), server: null }) }),
    ),
  );
}

function chain(start: string, events: readonly AuditEvent[]): readonly AuditLine[] {
  const lines: AuditLine[] = [];
  for (const [index, one] of events.entries())
    lines.push(makeLine(lines.at(-1) ?? chainStart, one, after(start, index * 60).toISOString()));
  return lines;
}

/** What Azure writes about rows that the rule dropped. */
function dropped(at: string): Rows {
  const stream = { InputStreamId: "Custom-PgWardenRun_CL", OperationName: "Ingestion" };
  return { DCRLogErrors: [{ TimeGenerated: at, ...stream, Message: "Bad column" }] };
}

/** The row of a server in the run that begins at `last`. */
function lostOfServer(): Rows {
  const context = { runId: `run-${last}`, now: after(last, 65), takenAt: last, server: serverRef() };
  return sent({ PgWardenRun_CL: [runServerRow(serverResult({ delivery: "lost" }), run(), context)] });
}

const refused = event("rows.deliver", "refused", { why: "A row has 1,200,000 bytes." });

testAlert("deliveryFailed", {
  fires: [
    {
      name: "a run whose rows are lost, once for all of its servers",
      rows: merged([runOf(last, { delivery: "lost" }), lostOfServer()]),
      tells: [{ Problem: "lost", Source: `run-${last}` }],
    },
    {
      name: "rows that nobody takes",
      rows: told("runs", chain(last, [refused])),
      tells: [{ Problem: "refused", Source: "log-analytics", Message: "A row has 1,200,000 bytes." }],
    },
    {
      name: "a spool that cannot be emptied",
      rows: told("delivery", chain(last, [event("spool.replay", "incomplete", { problems: ["Too old."] })])),
      tells: [{ Problem: "refused", Message: '["Too old."]' }],
    },
    {
      name: "rows that the data collection rule dropped",
      rows: dropped(last),
      tells: [{ Problem: "dropped", Source: "Custom-PgWardenRun_CL", Message: "Bad column" }],
    },
  ],
  silent: [
    { name: "rows that wait in the spool", rows: runOf(last, { delivery: "spooled" }) },
    { name: "a spool that was emptied", rows: told("delivery", chain(last, [event("spool.replay", "delivered")])) },
    {
      name: "what was told two hours ago",
      rows: merged([
        runOf("2026-11-22T09:50:00.000Z", { delivery: "lost" }),
        told("runs", chain("2026-11-22T09:50:00.000Z", [refused])),
        dropped("2026-11-22T09:50:00.000Z"),
      ]),
    },
  ],
});

const five = Array.from({ length: 5 }, () => event("scan.server", "succeeded"));
const whole = chain("2026-11-22T08:00:00.000Z", five);

function without(seq: number, lines: readonly AuditLine[]): readonly AuditLine[] {
  return lines.filter((line) => line.seq !== seq);
}

testAlert("auditChainBroken", {
  fires: [
    {
      name: "two lines with one number",
      rows: merged([told("runs", whole), forked()]),
      tells: [{ Stream: "runs", Seq: 5, Problem: "fork" }],
    },
    {
      name: "a line that does not follow the one before it",
      rows: told(
        "runs",
        whole.map((line) => (line.seq === 4 ? { ...line, prevHash: "e".repeat(64) } : line)),
      ),
      tells: [{ Seq: 4, Problem: "link" }],
    },
    {
      name: "a line that is missing for an hour",
      rows: told("runs", without(3, whole)),
      tells: [{ Stream: "runs", Seq: 4, Problem: "gap" }],
    },
    {
      name: "a stream that began anew",
      rows: merged([
        told("runs", whole.slice(3)),
        told("runs", chain("2026-11-22T11:00:00.000Z", [event("scan.server", "failed")])),
      ]),
      tells: [
        { Problem: "restart", Seq: 5 },
        { Problem: "gap", Seq: 4 },
      ],
    },
    {
      name: "damage that a later line tells of",
      rows: told("runs", chain(last, [event("audit.damage", "found")])),
      tells: [{ Problem: "damage" }],
    },
  ],
  silent: [
    { name: "a whole chain", rows: told("runs", whole) },
    { name: "a chain whose beginning is older than the rows", rows: told("runs", whole.slice(2)) },
    { name: "two streams with the same numbers", rows: merged([told("runs", whole), told("drift", whole.slice(1))]) },
    {
      name: "a line that may still be on its way",
      rows: ingestedAt(last, told("runs", without(3, whole))),
    },
    {
      name: "two writers whose clocks differ by seconds",
      rows: merged([told("runs", whole.slice(0, 4)), told("runs", [skewed()])]),
    },
  ],
});

/** Another line with the number of the last one, in a row of its own. */
function forked(): Rows {
  const other = makeLine(whole[3] ?? chainStart, event("scan.server", "failed"), "2026-11-22T08:04:00.000Z");
  return sent({
    PgWardenAudit_CL: (told("runs", [other])["PgWardenAudit_CL"] ?? []).map((row) => ({ ...row, RowId: "other" })),
  });
}

/** A line that was written after its predecessor by a clock that is behind. */
function skewed(): AuditLine {
  const [predecessor] = whole.slice(3);
  return makeLine(predecessor ?? chainStart, event("scan.server", "succeeded"), "2026-11-22T08:02:50.000Z");
}

describe("auditChainBroken over the audit log", () => {
  it("is silent when a month ends and the next blob begins", async () => {
    const store = memoryAppendStore();
    const { signal } = new AbortController();
    const november = new Date("2026-11-30T22:00:00.000Z");
    const december = new Date("2026-12-01T02:00:00.000Z");
    const lines = [
      ...(await appendAudit(store, "runs", five, november, signal)).lines,
      ...(await appendAudit(store, "runs", five, december, signal)).lines,
    ];

    const { rows } = ask("alerts/auditChainBroken", told("runs", lines), { now: new Date("2026-12-01T12:00:00.000Z") });

    expect(store.blobs.size).toBe(2);
    expect(rows).toEqual([]);
    expect(now < december).toBe(true);
  });

  it("is silent for lines whose writer died before it told of them, once another has", async () => {
    const store = memoryAppendStore();
    const { signal } = new AbortController();
    const seven = new Date("2026-11-22T07:00:00.000Z");
    const eight = new Date("2026-11-22T08:00:00.000Z");
    const nine = new Date("2026-11-22T09:00:00.000Z");
    const { lines: before } = await appendAudit(store, "runs", five, seven, signal);
    await appendAudit(store, "runs", [{ ...event("scan.server", "started"), runId: "dead" }], eight, signal);
    const { earlier, lines } = await appendAudit(store, "runs", five, nine, signal);

    const [half, all] = [
      [...before, ...lines],
      [...before, ...earlier, ...lines],
    ].map((some) => ask("alerts/auditChainBroken", told("runs", some), { now }));

    expect(half?.rows).toMatchObject([{ Stream: "runs", Seq: 7, Problem: "gap" }]);
    expect(all?.rows).toEqual([]);
  });
});

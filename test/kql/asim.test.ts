import { describe, expect, it } from "@jest/globals";
import { type AuditEvent, type AuditLine, chainStart, makeLine } from "../../shared/publish/auditLine.ts";
import { auditRows } from "../../shared/publish/rows/auditRows.ts";
import { serverRef } from "../builders.ts";
import { ask, twice } from "./queries.ts";
import { sent } from "./scans.ts";

const now = new Date("2026-11-22T12:00:00.000Z");
const time = "2026-11-22T11:00:00.000Z";
const server = serverRef();

// MicrosoftDocs/defender-docs: articles/sentinel/normalization-schema-audit.md, version 0.1.2.
const mandatory = [
  "EventCount",
  "EventStartTime",
  "EventEndTime",
  "EventType",
  "EventResult",
  "EventProduct",
  "EventVendor",
  "EventSchema",
  "EventSchemaVersion",
  "Dvc",
  "Operation",
  "Object",
];
const eventTypes = [
  ...["Set", "Read", "Create", "Delete", "Execute", "Install", "Clear", "Enable", "Disable", "Initialize"],
  ...["Start", "Stop", "Other"],
];
const eventResults = ["Success", "Partial", "Failure", "NA"];
const objectTypes = [
  ...["Cloud Resource", "Configuration Atom", "Policy Rule", "Event Log", "Scheduled Task", "Service"],
  ...["Directory Service Object", "Other"],
];

function event(action: string, outcome: string, override: Partial<AuditEvent> = {}): AuditEvent {
  return { actor: "ann@example.com", action, target: "fleet", outcome, runId: "r1", detail: {}, ...override };
}

function lines(events: readonly AuditEvent[]): readonly AuditLine[] {
  const chained: AuditLine[] = [];
  for (const one of events) chained.push(makeLine(chained.at(-1) ?? chainStart, one, time));
  return chained;
}

const events = [
  event("scan.start", "started"),
  event("scan.server", "partial", { target: server.id }),
  event("scan.finish", "succeeded"),
  event("drift.detect", "added", { target: server.id, detail: { message: "Role eve was created." } }),
  event("baseline.approve", "refused", { target: server.id }),
  event("rotation.publish", "done", { target: "orders" }),
  event("rotation.apply", "failed", { target: "orders" }),
  event("spool.replay", "incomplete", { target: "log-analytics" }),
  event("message.refuse", "refused"),
  event("audit.close", "closed", { target: "audit/runs/2026-11.jsonl" }),
];
const rows = sent({ PgWardenAudit_CL: auditRows("runs", lines(events), { now, server }) });
const query = "ASimAuditEventPgWarden(false) | order by EventOriginalUid asc";

describe("ASimAuditEventPgWarden", () => {
  const found = ask(query, rows, { now });

  it("fills every mandatory column with a value that the schema allows", () => {
    expect(mandatory.filter((name) => !found.columns.includes(name))).toEqual([]);
    expect(found.rows).toHaveLength(events.length);
    for (const row of found.rows) {
      expect(mandatory.filter((name) => row[name] === null || row[name] === "")).toEqual([]);
      expect(eventTypes).toContain(row["EventType"]);
      expect(eventResults).toContain(row["EventResult"]);
      expect(objectTypes).toContain(row["ObjectType"]);
      expect(row).toMatchObject({ EventSchema: "AuditEvent", EventSchemaVersion: "0.1.2", EventCount: 1 });
    }
  });

  it("tells what was done, by whom, to what, and how it ended", () => {
    const byOperation = new Map(found.rows.map((row) => [row["Operation"], row]));

    expect(byOperation.get("rotation.apply")).toMatchObject({
      EventType: "Set",
      EventResult: "Failure",
      EventSeverity: "Low",
      ActorUsername: "ann@example.com",
      Object: "orders",
    });
    expect(byOperation.get("scan.server")).toMatchObject({
      EventType: "Read",
      EventResult: "Partial",
      Object: server.id,
    });
    expect(byOperation.get("baseline.approve")).toMatchObject({ EventType: "Set", EventResult: "Failure" });
    expect(byOperation.get("rotation.publish")).toMatchObject({
      EventResult: "Success",
      EventStartTime: new Date(time),
    });
    expect(byOperation.get("drift.detect")).toMatchObject({ EventResult: "NA", EventMessage: "Role eve was created." });
  });

  it("tells a line that was delivered twice once, and nothing when it is switched off", () => {
    expect(ask(query, twice(rows), { now }).rows).toEqual(found.rows);
    expect(ask("ASimAuditEventPgWarden(true)", rows, { now }).rows).toEqual([]);
  });
});

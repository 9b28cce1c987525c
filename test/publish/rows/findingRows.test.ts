import { describe, expect, it } from "@jest/globals";
import type { ControlMeta } from "../../../shared/controls/control.ts";
import { updateLedger } from "../../../shared/diff/ledger.ts";
import type { Finding } from "../../../shared/model/finding.ts";
import { findingRows } from "../../../shared/publish/rows/findingRows.ts";
import { serverRef, takenAt } from "../../builders.ts";
import { finding } from "../publishBuilders.ts";
import { expectRow } from "./checkRow.ts";

const now = new Date("2026-11-22T06:00:05.000Z");
const context = { runId: "r1", now, takenAt, server: serverRef() };

const meta: ControlMeta = {
  id: "net-fw-range-size",
  title: "No rule is wider than the limit",
  severity: "high",
  requires: ["firewallRules"],
  frameworks: { published: { mcsb: ["NS-2"] }, proposed: { nist80053r5: ["SC-7", "AC-4"] } },
  rationale: "A wide range admits hosts that nobody chose.",
  remediation: { cli: "az …" },
};
const metas = new Map([[meta.id, meta]]);

describe("findingRows", () => {
  it("tells findings with ledger state, frameworks and remediation", () => {
    const given = finding();
    const { changes } = updateLedger([], [given], takenAt);

    const rows = findingRows([given, finding({ outcome: "pass", subject: "server" })], changes, metas, context);

    for (const row of rows) expectRow("PgWardenFinding_CL", row);
    expect(rows[0]).toMatchObject({
      RuleId: "net-fw-range-size",
      Outcome: "fail",
      ObjectType: "firewallRule",
      ObjectName: "office",
      LedgerState: "new",
      FirstSeen: takenAt,
      Controls: [
        { framework: "mcsb", requirement: "NS-2", source: "published" },
        { framework: "nist80053r5", requirement: "SC-7", source: "proposed" },
        { framework: "nist80053r5", requirement: "AC-4", source: "proposed" },
      ],
      Remediation: { cli: "az …" },
    });
    expect(rows[1]).toMatchObject({ LedgerState: null, FirstSeen: null, ObjectName: null });
  });

  it.each<[string, readonly Finding[], object]>([
    ["gone with its subject", [], { Outcome: "notApplicable", LedgerState: "absent" }],
    [
      "frozen because evidence is missing",
      [finding({ outcome: "unknown", subject: "server" })],
      { Outcome: "unknown", LedgerState: "unchanged", FindingTitle: meta.title },
    ],
  ])("tells an entry that is %s", (_name, findings, expected) => {
    const { entries } = updateLedger([], [finding()], takenAt);
    const { changes } = updateLedger(entries, findings, "2026-11-23T06:00:00.000Z");

    const row = findingRows(findings, changes, metas, context).at(-1);

    expect(row).toMatchObject({ ...expected, ObjectName: "office", FirstSeen: takenAt });
  });
});

import { describe, expect, it } from "@jest/globals";
import { updateLedger } from "../../shared/diff/ledger.ts";
import type { LedgerEntry } from "../../shared/model/drift.ts";
import type { Finding } from "../../shared/model/finding.ts";

const t1 = "2026-11-22T06:00:00.000Z";
const t2 = "2026-11-22T12:00:00.000Z";

function finding(override: Partial<Finding> = {}): Finding {
  const { controlId = "net-fw-range-size", subject = "firewallRule/office" } = override;
  return {
    fingerprint: `${controlId} ${subject}`,
    controlId,
    title: "No rule is wider than the limit",
    severity: "high",
    subject,
    outcome: "fail",
    message: "Rule office admits 4096 addresses; the limit is 256.",
    ...override,
  };
}

function opened(...findings: readonly Finding[]): readonly LedgerEntry[] {
  return updateLedger([], findings, t1).entries;
}

function states(entries: readonly LedgerEntry[], findings: readonly Finding[]): readonly string[] {
  return updateLedger(entries, findings, t2).changes.map(({ state, entry }) => `${state} ${entry.subject}`);
}

describe("updateLedger", () => {
  it("opens fails, waived fails and unknowns, and nothing else", () => {
    const { entries, changes, changed } = updateLedger(
      [],
      [
        finding(),
        finding({ subject: "firewallRule/w", outcome: "waived" }),
        finding({ controlId: "auth-x", subject: "server", outcome: "unknown" }),
        finding({ subject: "firewallRule/p", outcome: "pass" }),
        finding({ controlId: "auth-y", subject: "server", outcome: "notApplicable" }),
      ],
      t1,
    );

    expect(changed).toBe(true);
    expect(changes.map(({ state }) => state)).toEqual(["new", "new", "new"]);
    expect(entries.map(({ controlId, subject, outcome }) => [controlId, subject, outcome])).toEqual([
      ["auth-x", "server", "unknown"],
      ["net-fw-range-size", "firewallRule/office", "fail"],
      ["net-fw-range-size", "firewallRule/w", "waived"],
    ]);
    expect(entries[1]).toMatchObject({ firstSeen: t1, changedAt: t1, resolvedAt: null });
  });

  it("gives back the very same entries for an unchanged server", () => {
    const before = opened(finding());

    const { entries, changes, changed } = updateLedger(before, [finding()], t2);

    expect(changed).toBe(false);
    expect(entries).toBe(before);
    expect(changes.map(({ state }) => state)).toEqual(["unchanged"]);
  });

  it("updates an entry whose message or outcome changed, and keeps when it was first seen", () => {
    const { entries } = updateLedger(opened(finding()), [finding({ message: "Rule office admits 8192." })], t2);

    expect(entries[0]).toMatchObject({ message: "Rule office admits 8192.", firstSeen: t1, changedAt: t2 });
    expect(states(opened(finding()), [finding({ outcome: "waived" })])).toEqual(["updated firewallRule/office"]);
  });

  it.each([
    ["passes", [finding({ outcome: "pass" })]],
    ["is gone", []],
    ["does not apply any more", [finding({ outcome: "notApplicable" })]],
  ])("resolves an entry whose subject %s, once", (_name, findings) => {
    const { entries } = updateLedger(opened(finding()), findings, t2);

    expect(entries).toEqual([{ ...opened(finding())[0], changedAt: t2, resolvedAt: t2 }]);
    expect(updateLedger(entries, findings, t2)).toEqual({ entries, changes: [], changed: false });
  });

  it("opens a resolved entry again as new, with its first sight", () => {
    const { entries } = updateLedger(opened(finding()), [], t2);

    const again = updateLedger(entries, [finding()], "2026-11-23T06:00:00.000Z");

    expect(again.changes.map(({ state }) => state)).toEqual(["new"]);
    expect(again.entries).toMatchObject([{ firstSeen: t1, resolvedAt: null }]);
  });

  it("freezes the open fails of a control that is unknown now", () => {
    const unknown = finding({
      subject: "server",
      outcome: "unknown",
      message: "Section firewallRules is unavailable.",
    });

    expect(states(opened(finding()), [unknown])).toEqual(["unchanged firewallRule/office", "new server"]);
  });

  it("freezes a fail of the server itself, which has the unknown's fingerprint", () => {
    const fail = finding({ subject: "server" });

    const { entries, changed } = updateLedger(opened(fail), [{ ...fail, outcome: "unknown", message: "?" }], t2);

    expect(changed).toBe(false);
    expect(entries).toMatchObject([{ outcome: "fail", resolvedAt: null }]);
  });

  it("resolves what passed although another subject of the control is unknown", () => {
    const unknown = finding({ subject: "firewallRule/other", outcome: "unknown" });

    expect(states(opened(finding()), [finding({ outcome: "pass" }), unknown])).toEqual([
      "absent firewallRule/office",
      "new firewallRule/other",
    ]);
  });

  it("resolves the unknown once the control can tell", () => {
    const unknown = finding({ subject: "server", outcome: "unknown" });

    expect(states(opened(unknown), [finding()])).toEqual(["new firewallRule/office", "absent server"]);
  });
});

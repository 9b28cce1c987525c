import { describe, expect, it } from "@jest/globals";
import { evaluatePosture, fingerprintOf } from "../../shared/evaluate/evaluatePosture.ts";
import { applyWaivers } from "../../shared/evaluate/waivers.ts";
import { collected, unavailable } from "../../shared/collect/section.ts";
import { netFwRangeSize } from "../../shared/controls/net/netFwRangeSize.ts";
import type { Finding, Waiver } from "../../shared/model/finding.ts";
import { policy, posture, serverRef, takenAt } from "../builders.ts";

const server = serverRef();
const context = { server, takenAt };

function finding(subject: string, outcome: Finding["outcome"], controlId = "net-fw-range-size"): Finding {
  return {
    fingerprint: fingerprintOf(server.id, controlId, subject),
    controlId,
    title: "No rule is wider than the limit",
    severity: "high",
    subject,
    outcome,
    message: `${subject} is ${outcome}.`,
  };
}

function waiver(override: Partial<Waiver> = {}): Waiver {
  return {
    control: "net-fw-range-size",
    subject: "firewallRule/site",
    server: "orders",
    reason: "The supplier has no fixed address before May.",
    owner: "platform team",
    expires: "2027-05-01",
    ...override,
  };
}

const wide = finding("firewallRule/site", "fail");
const office = finding("firewallRule/office", "pass");

describe("applyWaivers", () => {
  it("makes a fail waived and keeps why, by whom and until when", () => {
    expect(applyWaivers([office, wide], [waiver()], context)).toEqual([
      office,
      {
        ...wide,
        outcome: "waived",
        message:
          "firewallRule/site is fail. Waived until 2027-05-01 by platform team: The supplier has no fixed address before May.",
      },
    ]);
  });

  it("leaves everything as it was without waivers", () => {
    expect(applyWaivers([office, wide], [], context)).toEqual([office, wide]);
  });

  it("touches no other subject, and no other control of that subject", () => {
    const other = finding("firewallRule/other", "fail");
    const sane = finding("firewallRule/site", "fail", "net-fw-sane-ranges");

    const outcomes = applyWaivers([wide, other, sane], [waiver()], context).map(({ outcome }) => outcome);
    expect(outcomes).toEqual(["waived", "fail", "fail"]);
  });

  it.each([
    ["the day before it ends", "2026-11-21T23:59:59.999Z", "waived"],
    ["the first instant of the day it ends on", "2026-11-22T00:00:00.000Z", "fail"],
    ["later on that day", "2026-11-22T06:00:00.000Z", "fail"],
    ["the day after", "2026-11-23T00:00:00.000Z", "fail"],
  ])("on %s the finding is as it should be", (_name, when, outcome) => {
    const findings = applyWaivers([wide], [waiver({ expires: "2026-11-22" })], { server, takenAt: when });

    expect(findings[0]?.outcome).toBe(outcome);
    expect(findings.slice(1).map(({ controlId }) => controlId)).toEqual(outcome === "fail" ? ["waiver-expired"] : []);
  });

  it("reports an expired waiver, and the fail with it", () => {
    const subject = "waiver/net-fw-range-size/firewallRule%2Fsite";

    expect(applyWaivers([wide], [waiver({ expires: "2026-01-31" })], context)).toEqual([
      wide,
      {
        fingerprint: fingerprintOf(server.id, "waiver-expired", subject),
        controlId: "waiver-expired",
        title: "No expired waiver is left",
        severity: "medium",
        subject,
        outcome: "fail",
        message:
          "The waiver of net-fw-range-size for firewallRule/site by platform team ended on 2026-01-31; renew it with a reason or remove it.",
      },
    ]);
  });

  it("treats a date that cannot be read as over", () => {
    const outcomes = applyWaivers([wide], [waiver({ expires: "never" })], context).map(({ controlId, outcome }) => [
      controlId,
      outcome,
    ]);
    expect(outcomes).toEqual([
      ["net-fw-range-size", "fail"],
      ["waiver-expired", "fail"],
    ]);
  });

  it("waives by a renewed waiver and still reports the old one", () => {
    const findings = applyWaivers([wide], [waiver({ expires: "2026-01-31" }), waiver()], context);
    expect(findings.map(({ controlId, outcome }) => [controlId, outcome])).toEqual([
      ["net-fw-range-size", "waived"],
      ["waiver-expired", "fail"],
    ]);
  });

  it("reports two waivers of one subject that both ended once", () => {
    const findings = applyWaivers(
      [wide],
      [waiver({ expires: "2026-01-31" }), waiver({ expires: "2025-01-31" })],
      context,
    );
    expect(findings.map(({ controlId }) => controlId)).toEqual(["net-fw-range-size", "waiver-expired"]);
    expect(findings[1]?.message).toContain("2026-01-31");
  });

  it.each([
    ["names a subject that is not there", waiver({ subject: "firewallRule/gone" }), "there is no such finding"],
    ["names a control that is not there", waiver({ control: "net-fw-typo" }), "there is no such finding"],
    ["is about something that passes", waiver({ subject: "firewallRule/office" }), "its outcome is pass"],
  ])("reports a live waiver that %s", (_name, given, why) => {
    const added = applyWaivers([office, wide], [given], context).slice(2);

    expect(added.map(({ controlId, severity, outcome }) => [controlId, severity, outcome])).toEqual([
      ["waiver-unmatched", "medium", "fail"],
    ]);
    expect(added[0]?.message).toContain(why);
    expect(added[0]?.message).toContain(`${given.control} for ${given.subject}`);
  });

  it("holds on every server without a name, and is then only mentioned where nothing matches", () => {
    const { control, subject, reason, owner, expires } = waiver();
    const everywhere = { control, subject, reason, owner, expires };

    expect(applyWaivers([wide], [everywhere], context).map(({ outcome }) => outcome)).toEqual(["waived"]);
    expect(
      applyWaivers([office], [everywhere], context)
        .slice(1)
        .map(({ controlId, severity }) => [controlId, severity]),
    ).toEqual([["waiver-unmatched", "info"]]);
  });

  it("ignores waivers of other servers, live, expired or unmatched", () => {
    const others = [waiver({ server: "billing" }), waiver({ server: "billing", expires: "2020-01-01" })];

    expect(applyWaivers([wide], others, context)).toEqual([wide]);
  });

  it("compares server names without case, as Azure does", () => {
    const named = { server: { ...server, name: "ORDERS" }, takenAt };
    expect(applyWaivers([wide], [waiver({ server: "Orders" })], named).map(({ outcome }) => outcome)).toEqual([
      "waived",
    ]);
  });

  it("says nothing against a waiver whose control could not be judged", () => {
    const unknown = finding("server", "unknown");

    expect(applyWaivers([unknown], [waiver()], context)).toEqual([unknown]);
    expect(
      applyWaivers([finding("port/5432", "unknown"), wide], [waiver({ subject: "port/6432" })], context),
    ).toHaveLength(3);
  });

  it("works on what the evaluation makes, collected or not", () => {
    const rules = [{ name: "site", first: "198.51.100.0", last: "198.51.101.255" }];
    const history = { firewallRules: {} };

    const judged = evaluatePosture(posture({ firewallRules: collected(rules) }), [netFwRangeSize], policy(), history);
    expect(applyWaivers(judged, [waiver()], context).map(({ outcome }) => outcome)).toEqual(["waived", "pass"]);

    const denied = posture({ firewallRules: unavailable("denied", "No right.") });
    const unknown = evaluatePosture(denied, [netFwRangeSize], policy(), history);
    expect(applyWaivers(unknown, [waiver()], context).map(({ outcome }) => outcome)).toEqual(["unknown"]);
  });
});

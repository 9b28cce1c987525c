import { describe, expect, it } from "@jest/globals";
import { snapshotOf } from "../../shared/diff/snapshot.ts";
import { baselineState, isInForce } from "../../shared/evaluate/baselineState.ts";
import { fingerprintOf } from "../../shared/evaluate/evaluatePosture.ts";
import { applyWaivers } from "../../shared/evaluate/waivers.ts";
import type { Baseline } from "../../shared/model/drift.ts";
import { posture, serverRef } from "../builders.ts";

const server = serverRef();
const takenAt = "2026-11-22T06:00:00.000Z";
const context = { server, takenAt };

function baseline(override: Partial<Baseline> = {}): Baseline {
  return {
    serverId: server.id,
    digest: "0".repeat(64),
    approvedBy: "operator@example.com",
    approvedAt: "2026-08-01T09:00:00.000Z",
    reason: "as reviewed",
    expires: null,
    snapshot: snapshotOf(posture()),
    ...override,
  };
}

describe("baselineState", () => {
  it("calls a baseline that nobody approved a low finding, the same in every scan", () => {
    const { inForce, findings } = baselineState(undefined, context);

    expect(inForce).toBeUndefined();
    expect(findings).toMatchObject([
      {
        fingerprint: fingerprintOf(server.id, "baseline-missing", "baseline"),
        severity: "low",
        subject: "baseline",
        outcome: "fail",
      },
    ]);
    expect(findings[0]?.message).toContain("server orders");
  });

  it.each([null, "2027-08-01", "2026-11-23", "2026-11-22T06:00:00.001Z"])(
    "has nothing to say of one in force until %s",
    (expires) => {
      const approved = baseline({ expires });

      expect(baselineState(approved, context)).toEqual({ inForce: approved, findings: [] });
    },
  );

  it.each(["2026-11-22", "2026-11-22T06:00:00.000Z", "2020-01-01", "some day"])(
    "measures nothing against one that ended on %s, and says who approved it",
    (expires) => {
      const { inForce, findings } = baselineState(baseline({ expires }), context);

      expect(inForce).toBeUndefined();
      expect(findings).toMatchObject([{ controlId: "baseline-expired", severity: "high", outcome: "fail" }]);
      expect(findings[0]?.message).toBe(
        `The baseline of server orders ended on ${expires}; operator@example.com approved it on 2026-08-01. Approve a snapshot anew.`,
      );
    },
  );

  it("measures nothing against one of an earlier version of snapshots", () => {
    const { inForce, findings } = baselineState({ ...baseline(), snapshot: null, outdated: "scan again" }, context);

    expect(inForce).toBeUndefined();
    expect(findings).toMatchObject([{ controlId: "baseline-expired", severity: "high", outcome: "fail" }]);
    expect(findings[0]?.message).toContain("is of an earlier version of snapshots");
  });

  it("can be waived like any other fail", () => {
    const { findings } = baselineState(undefined, context);
    const waiver = {
      control: "baseline-missing",
      subject: "baseline",
      reason: "scratch server",
      owner: "platform",
      expires: "2027-01-01",
    };

    expect(applyWaivers(findings, [waiver], context)).toMatchObject([{ outcome: "waived" }]);
  });
});

describe("isInForce", () => {
  it("lets a day end an approval when it begins", () => {
    expect(isInForce({ expires: "2026-11-22" }, "2026-11-21T23:59:59.999Z")).toBe(true);
    expect(isInForce({ expires: "2026-11-22" }, "2026-11-22T00:00:00.000Z")).toBe(false);
  });
});

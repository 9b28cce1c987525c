import { describe, expect, it } from "@jest/globals";
import { collected } from "../../shared/collect/section.ts";
import { fingerprintOf } from "../../shared/evaluate/evaluatePosture.ts";
import { rotationFindings } from "../../shared/evaluate/rotationFindings.ts";
import { managedCredential, posture, serverRef } from "../builders.ts";

const note = {
  code: "stale-consumer",
  severity: "medium",
  title: "Consumers have read the newest secret",
  message: "Role app_b is still in use. To mend it: restart it",
} as const;

describe("rotationFindings", () => {
  it("makes a finding of each note, about its credential", () => {
    const name = "shop/orders";
    const credentials = collected([
      managedCredential({ name, notes: [note, { ...note, code: "pair-drift" }] }),
      managedCredential(),
    ]);

    const findings = rotationFindings(posture({ credentials }));

    expect(findings[0]).toEqual({
      fingerprint: fingerprintOf(serverRef().id, "rotation-stale-consumer", "credential/shop%2Forders"),
      controlId: "rotation-stale-consumer",
      title: note.title,
      severity: "medium",
      subject: "credential/shop%2Forders",
      outcome: "fail",
      message: "Credential shop/orders: Role app_b is still in use. To mend it: restart it",
    });
    expect(findings.map(({ controlId }) => controlId)).toEqual(["rotation-stale-consumer", "rotation-pair-drift"]);
  });

  it("says nothing of credentials that could not be read", () => {
    expect(rotationFindings(posture())).toEqual([]);
  });
});

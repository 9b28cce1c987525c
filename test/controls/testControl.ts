import { describe, expect, it } from "@jest/globals";
import { unavailable } from "../../shared/collect/section.ts";
import type { Control } from "../../shared/controls/control.ts";
import { evaluatePosture } from "../../shared/evaluate/evaluatePosture.ts";
import type { Finding, History } from "../../shared/model/finding.ts";
import type { Policy } from "../../shared/model/policy.ts";
import type { Sections } from "../../shared/model/section.ts";
import { policy as defaultPolicy, posture } from "../builders.ts";

interface Case {
  readonly name: string;
  readonly sections: Partial<Sections>;
  readonly policy?: Policy;
  readonly history?: History;
}

interface FailCase extends Case {
  /** Exactly the subjects that fail; all others pass. */
  readonly subjects: readonly string[];
}

interface Cases {
  readonly pass: readonly [Case, ...Case[]];
  readonly fail: readonly [FailCase, ...FailCase[]];
  readonly notApplicable?: readonly Case[];
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}

function run(control: Control, { sections, policy, history }: Case): readonly Finding[] {
  const given = deepFreeze(posture(sections));
  return evaluatePosture(given, [control], deepFreeze(policy ?? defaultPolicy()), history ?? { firewallRules: {} });
}

/** The name that a message must repeat: the last part of the subject, decoded. */
function nameOf(subject: string): string | undefined {
  const last = subject.split("/").slice(1).at(-1);
  return last?.replaceAll("%2F", "/").replaceAll("%25", "%");
}

/**
 * The house test of a control: its cases are data. Input is deep-frozen; passing cases only pass; exactly the named
 * subjects fail; each message names its subject; each required section missing gives `unknown` and names the section.
 */
export function testControl(control: Control, cases: Cases): void {
  describe(control.meta.id, () => {
    it.each(cases.pass.map((one) => [one.name, one] as const))("passes: %s", (_name, one) => {
      const findings = run(control, one);

      expect(findings.filter(({ outcome }) => outcome !== "pass")).toEqual([]);
      expect(findings.length).toBeGreaterThan(0);
    });

    it.each(cases.fail.map((one) => [one.name, one] as const))("fails: %s", (_name, one) => {
      const findings = run(control, one);

      const failed = findings.filter(({ outcome }) => outcome === "fail");
      expect(failed.map(({ subject }) => subject).sort()).toEqual([...one.subjects].sort());
      expect(findings.filter(({ outcome }) => outcome !== "fail" && outcome !== "pass")).toEqual([]);
      for (const { subject, message } of failed) expect(message).toContain(nameOf(subject) ?? "");
    });

    it.each((cases.notApplicable ?? []).map((one) => [one.name, one] as const))(
      "is not applicable: %s",
      (_name, one) => {
        expect(run(control, one).map(({ outcome }) => outcome)).toEqual(["notApplicable"]);
      },
    );

    it.each(control.meta.requires.map((name) => [name]))("is unknown without %s", (name) => {
      const missing = { [name]: unavailable("denied", "no right in this test") };
      const findings = run(control, { ...cases.fail[0], sections: { ...cases.fail[0].sections, ...missing } });

      expect(findings.map(({ outcome }) => outcome)).toEqual(["unknown"]);
      expect(findings[0]?.message).toContain(name);
    });
  });
}

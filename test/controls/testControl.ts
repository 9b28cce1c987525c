import { describe, expect, it } from "@jest/globals";
import { collected, unavailable } from "../../shared/collect/section.ts";
import type { Control } from "../../shared/controls/control.ts";
import { evaluatePosture } from "../../shared/evaluate/evaluatePosture.ts";
import type { Drift, UncomparedPart } from "../../shared/model/drift.ts";
import type { Finding, History } from "../../shared/model/finding.ts";
import type { Policy } from "../../shared/model/policy.ts";
import type { DatabaseSections, SectionName, Sections } from "../../shared/model/section.ts";
import { database, databaseFacts, policy as defaultPolicy, posture, serverRef } from "../builders.ts";

interface Case {
  readonly name: string;
  readonly sections: Partial<Sections>;
  /** What a control of databases sees in database `app`. */
  readonly database?: Partial<DatabaseSections>;
  /** Drift from the baseline; absent: there is no baseline. */
  readonly baselineDrift?: readonly Drift[];
  /** Parts that were not compared with that baseline. */
  readonly uncompared?: readonly UncomparedPart[];
  readonly policy?: Policy;
  readonly history?: History;
  /** Texts that stand in some message of the case. */
  readonly says?: readonly string[];
}

interface FailCase extends Case {
  /** Exactly the subjects that fail; all others pass. */
  readonly subjects: readonly string[];
}

interface UnknownCase extends Case {
  /** Exactly the subjects that are unknown; all others pass. */
  readonly subjects: readonly string[];
  /** The section that the message names; absent when it is a part that was not compared. */
  readonly section?: SectionName;
}

interface Cases {
  readonly pass: readonly [Case, ...Case[]];
  readonly fail: readonly [FailCase, ...FailCase[]];
  readonly notApplicable?: readonly Case[];
  /** Cases in which a section of `mayRead` was needed and did not tell; the missing required ones are tried anyway. */
  readonly unknown?: readonly UnknownCase[];
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}

function run(control: Control, one: Case): readonly Finding[] {
  const databases = collected([databaseFacts("app")]);
  const sections = one.database === undefined ? one.sections : { databases, ...one.sections };
  const inDatabases = one.database === undefined ? [] : [database("app", one.database)];
  const given = deepFreeze(posture(sections, serverRef(), inDatabases));
  const policy = deepFreeze(one.policy ?? defaultPolicy());
  const { baselineDrift: drifts, uncompared = [], history = { firewallRules: {} } } = one;
  return evaluatePosture(given, [control], policy, history, drifts === undefined ? null : { drifts, uncompared });
}

function subjectsOf(findings: readonly Finding[]): readonly string[] {
  return findings.map(({ subject }) => subject).sort();
}

function expectTexts(findings: readonly Finding[], { says = [] }: Case): void {
  const messages = findings.map(({ message }) => message).join("\n");
  for (const text of says) expect(messages).toContain(text);
}

/** The name that a message must repeat: the last part of the subject, decoded. */
function nameOf(subject: string): string | undefined {
  const last = subject.split("/").slice(1).at(-1);
  return last?.replaceAll("%2F", "/").replaceAll("%25", "%");
}

/**
 * The house test of a control: its cases are data. Input is deep-frozen; passing cases only pass; exactly the named
 * subjects fail; each message names its subject; no subject is judged twice; each required section missing gives
 * `unknown` and names the section.
 */
export function testControl(control: Control, cases: Cases): void {
  describe(control.meta.id, () => {
    for (const one of cases.pass) {
      it(`passes: ${one.name}`, () => {
        const findings = run(control, one);

        expect(findings.filter(({ outcome }) => outcome !== "pass")).toEqual([]);
        expect(findings.length).toBeGreaterThan(0);
        expectTexts(findings, one);
      });
    }

    for (const one of cases.fail) {
      it(`fails: ${one.name}`, () => {
        const findings = run(control, one);

        const failed = findings.filter(({ outcome }) => outcome === "fail");
        expect(subjectsOf(failed)).toEqual([...one.subjects].sort());
        expect(findings.filter(({ outcome }) => outcome !== "fail" && outcome !== "pass")).toEqual([]);
        for (const { subject, message } of failed) expect(message).toContain(nameOf(subject) ?? "");
        expect(new Set(subjectsOf(findings)).size).toBe(findings.length);
        expectTexts(findings, one);
      });
    }

    for (const one of cases.notApplicable ?? []) {
      it(`is not applicable: ${one.name}`, () => {
        expect(run(control, one).map(({ outcome }) => outcome)).toEqual(["notApplicable"]);
      });
    }

    for (const one of cases.unknown ?? []) {
      it(`is unknown: ${one.name}`, () => {
        const findings = run(control, one);

        const unknown = findings.filter(({ outcome }) => outcome === "unknown");
        expect(subjectsOf(unknown)).toEqual([...one.subjects].sort());
        expect(findings.filter(({ outcome }) => outcome !== "unknown" && outcome !== "pass")).toEqual([]);
        const begin = one.section === undefined ? "Part " : `Section ${one.section}`;
        for (const { message } of unknown) expect(message).toContain(begin);
        expectTexts(findings, one);
      });
    }

    for (const name of control.meta.requires) {
      it(`is unknown without ${name}`, () => {
        const missing = { [name]: unavailable("denied", "no right in this test") };
        const findings = run(control, { ...cases.fail[0], sections: { ...cases.fail[0].sections, ...missing } });

        expect(findings.map(({ outcome }) => outcome)).toEqual(["unknown"]);
        expect(findings[0]?.message).toContain(name);
      });
    }

    for (const name of "requiresInDatabase" in control.meta ? control.meta.requiresInDatabase : []) {
      it(`is unknown without ${name} of the database`, () => {
        const missing = { [name]: unavailable("denied", "no right in this test") };
        const findings = run(control, { ...cases.fail[0], database: { ...cases.fail[0].database, ...missing } });

        expect(findings.map(({ subject, outcome }) => [subject, outcome])).toEqual([["database/app", "unknown"]]);
        expect(findings[0]?.message).toContain(name);
      });
    }
  });
}

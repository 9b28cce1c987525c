import { describe, expect, it } from "@jest/globals";
import { collected, unavailable } from "../../shared/collect/section.ts";
import { catalogue } from "../../shared/controls/catalogue.ts";
import { defineControl, defineDatabaseControl, fail, pass, unknownWithout } from "../../shared/controls/control.ts";
import { isServerCondition } from "../../shared/evaluate/applicability.ts";
import { evaluatePosture, fingerprintOf } from "../../shared/evaluate/evaluatePosture.ts";
import type { History } from "../../shared/model/finding.ts";
import {
  catalogContext,
  database,
  databaseFacts,
  policy,
  posture,
  serverFacts,
  serverRef,
  takenAt,
} from "../builders.ts";

const history: History = { firewallRules: {} };
const rule = { name: "office", first: "203.0.113.0", last: "203.0.113.15" };

const sample = defineControl({
  meta: {
    id: "net-sample",
    title: "Every rule is short",
    severity: "low",
    requires: ["firewallRules"],
    mayRead: ["context"],
    appliesTo: ["publicModel"],
    frameworks: {},
    rationale: "A sample for the evaluation itself.",
    remediation: { cli: "az sample" },
  },

  evaluate({ firewallRules, context }, _policy, { server, takenAt: when }) {
    return firewallRules.map(({ name }) => {
      const subject = `firewallRule/${name}`;
      if (name === "needs context" && context === null) return unknownWithout(subject, "context");
      if (name === "needs more context") return unknownWithout(subject, "context", "it has no colour.");
      return name.length < 20
        ? pass(subject, `${name} on ${server.name} at ${when}.`)
        : fail(subject, `${name} is long.`);
    });
  },
});

describe("evaluatePosture", () => {
  it("makes one finding of each verdict, with identity and the server's own time", () => {
    const long = "a name that is far too long";
    const findings = evaluatePosture(
      posture({ firewallRules: collected([rule, { ...rule, name: long }]) }),
      [sample],
      policy(),
      history,
    );

    expect(findings).toEqual([
      {
        fingerprint: fingerprintOf(serverRef().id, "net-sample", "firewallRule/office"),
        controlId: "net-sample",
        title: "Every rule is short",
        severity: "low",
        subject: "firewallRule/office",
        outcome: "pass",
        message: `office on orders at ${takenAt}.`,
      },
      {
        fingerprint: fingerprintOf(serverRef().id, "net-sample", `firewallRule/${long}`),
        controlId: "net-sample",
        title: "Every rule is short",
        severity: "low",
        subject: `firewallRule/${long}`,
        outcome: "fail",
        message: `${long} is long.`,
      },
    ]);
  });

  it.each([
    [
      "is unknown, not empty, without a required section",
      { firewallRules: unavailable("denied", "Reader is missing.") },
      "unknown",
      "Section firewallRules is unavailable (denied): Reader is missing.",
    ],
    [
      "is unknown when nobody can say whether it applies",
      { server: unavailable("timeout", "No answer in 10 s."), firewallRules: collected([rule]) },
      "unknown",
      "Section server is unavailable (timeout): No answer in 10 s.",
    ],
    [
      "is unknown when the server's section is empty",
      { server: collected([]), firewallRules: collected([rule]) },
      "unknown",
      "Section server is empty.",
    ],
    [
      "is not applicable when a condition does not hold",
      {
        server: collected([serverFacts({ delegatedSubnetId: "/subnets/db" })]),
        firewallRules: unavailable("absent", "None."),
      },
      "notApplicable",
      "The server is integrated into a virtual network and has no firewall rules.",
    ],
    [
      "is not applicable when there is nothing to judge",
      { firewallRules: collected([]) },
      "notApplicable",
      "There was nothing to judge.",
    ],
  ])("%s", (_name, sections, outcome, message) => {
    const findings = evaluatePosture(posture(sections), [sample], policy(), history);

    expect(findings.map((finding) => [finding.subject, finding.outcome, finding.message])).toEqual([
      ["server", outcome, message],
    ]);
  });

  it("is unknown for one subject that needed a section it may do without", () => {
    const firewallRules = collected([rule, { ...rule, name: "needs context" }]);
    const without = evaluatePosture(
      posture({ firewallRules, context: unavailable("unreachable", "No route.") }),
      [sample],
      policy(),
      history,
    );
    const withContext = evaluatePosture(
      posture({ firewallRules, context: collected([catalogContext()]) }),
      [sample],
      policy(),
      history,
    );

    expect(without.map(({ subject, outcome }) => [subject, outcome])).toEqual([
      ["firewallRule/office", "pass"],
      ["firewallRule/needs context", "unknown"],
    ]);
    expect(without[1]?.message).toBe("Section context is unavailable (unreachable): No route.");
    expect(withContext.map(({ outcome }) => outcome)).toEqual(["pass", "pass"]);
  });

  it("asks nothing of a server for a control that the policy does not ask for", () => {
    const given = posture({
      server: unavailable("timeout", "No answer."),
      firewallRules: unavailable("denied", "No."),
    });
    const unasked = { ...sample, meta: { ...sample.meta, appliesTo: ["baselineInForce", "publicModel"] as const } };

    const findings = evaluatePosture(given, [unasked], policy(), history);
    const withBaseline = evaluatePosture(given, [unasked], policy(), history, { drifts: [], uncompared: [] });

    expect(findings.map(({ outcome, message }) => [outcome, message])).toEqual([
      ["notApplicable", "No approved baseline is in force; that is a finding of its own."],
    ]);
    expect(withBaseline.map(({ outcome }) => outcome)).toEqual(["unknown"]);
  });

  it("judges a control without conditions although the server itself could not be read", () => {
    const { appliesTo: conditions, ...meta } = sample.meta;
    const given = posture({ server: unavailable("timeout", "No answer."), firewallRules: collected([rule]) });
    const outcomes = evaluatePosture(given, [{ ...sample, meta }], policy(), history).map(({ outcome }) => outcome);

    expect(conditions).toEqual(["publicModel"]);
    expect(outcomes).toEqual(["pass"]);
  });

  it("says what a section that was read does not tell", () => {
    const sections = {
      firewallRules: collected([{ ...rule, name: "needs more context" }]),
      context: collected([catalogContext()]),
    };

    expect(evaluatePosture(posture(sections), [sample], policy(), history)[0]?.message).toBe(
      "Section context does not tell: it has no colour.",
    );
  });

  it("judges a control of databases in each that has what it asks for", () => {
    const one = defineDatabaseControl({
      meta: { ...sample.meta, requires: [], mayRead: [], appliesTo: [], requiresInDatabase: ["cronJobs"] },
      evaluateDatabase: (_evidence, _policy, context) => [pass(`database/${context.database}`, "It has jobs.")],
    });
    const databases = collected([databaseFacts("app"), databaseFacts("shop"), databaseFacts("bare")]);
    const bare = database("bare", { cronJobs: unavailable("absent", "This database has no pg_cron.") });
    const shop = database("shop", { cronJobs: unavailable("denied", "No right.") });
    const app = database("app", { cronJobs: collected([]) });

    function outcomes(...given: Parameters<typeof posture>[2] & object) {
      return evaluatePosture(posture({ databases }, serverRef(), given), [one], policy(), history).map(
        ({ subject, outcome }) => [subject, outcome],
      );
    }

    expect(outcomes(app, bare, shop)).toEqual([
      ["database/app", "pass"],
      ["database/shop", "unknown"],
    ]);
    expect(outcomes(bare)).toEqual([["server", "notApplicable"]]);
    const other = defineDatabaseControl({ ...one, meta: { ...one.meta, requiresInDatabase: ["acls"] } });
    expect(evaluatePosture(posture({ databases }, serverRef(), [bare]), [other], policy(), history)[0]?.outcome).toBe(
      "unknown",
    );
  });

  it("judges the whole catalogue without evidence as unknown or not applicable, never as pass or fail", () => {
    const nothing = posture({ server: unavailable("denied", "Reader is missing.") });
    const outcomes = evaluatePosture(nothing, catalogue, policy(), history).map(({ controlId, outcome }) => [
      controlId,
      outcome,
    ]);

    const asks = catalogue.map(({ meta }) =>
      (meta.appliesTo ?? []).some((condition) => !isServerCondition(condition)) ? "notApplicable" : "unknown",
    );
    expect(outcomes).toEqual(catalogue.map(({ meta }, index) => [meta.id, asks[index]]));
  });

  it("gives every finding of the whole catalogue a fingerprint of its own", () => {
    const findings = evaluatePosture(posture({ firewallRules: collected([rule]) }), catalogue, policy(), history);

    expect(new Set(findings.map(({ fingerprint }) => fingerprint)).size).toBe(findings.length);
  });
});

describe("fingerprintOf", () => {
  it("differs by server, control and subject, and never changes", () => {
    expect(fingerprintOf("/s", "c", "server")).toBe("0e49ba6ab30e5029c78668e92ec6c0b42df99f0c62f5fcecf8521fb87e05c41c");
    expect(
      new Set([
        fingerprintOf("a", "b", "c"),
        fingerprintOf("b", "b", "c"),
        fingerprintOf("a", "c", "c"),
        fingerprintOf("a", "b", "b"),
      ]).size,
    ).toBe(4);
  });
});

import { describe, expect, it } from "@jest/globals";
import { collected } from "../../shared/collect/section.ts";
import {
  booleanValue,
  listValue,
  parameterControls,
  parameterRemediation,
  sameValue,
} from "../../shared/controls/parameterControl.ts";
import { evaluatePosture } from "../../shared/evaluate/evaluatePosture.ts";
import type { Parameter } from "../../shared/model/armEvidence.ts";
import { parameter, policy, posture } from "../builders.ts";

const [connections] = parameterControls([
  {
    id: "log-connections",
    parameter: "log_connections",
    must: { set: "on", orOneOf: ["all"], listing: ["receipt", "Authentication", "authorization"] },
    title: "Connections are logged",
    severity: "medium",
    rationale: "An investigation starts with the logins.",
    frameworks: { proposed: { soc2: ["CC7.2"] } },
  },
]);

function outcomesOf(parameters: readonly Parameter[]): readonly (readonly [string, string])[] {
  const controls = connections === undefined ? [] : [connections];
  const findings = evaluatePosture(posture({ parameters: collected(parameters) }), controls, policy(), {
    firewallRules: {},
  });
  return findings.map(({ outcome, message }) => [outcome, message]);
}

describe("sameValue", () => {
  it.each([
    ["Boolean", "ON", "on", true],
    ["Boolean", "true", "on", true],
    ["boolean", "1", "yes", true],
    ["Boolean", "off", "on", false],
    ["Boolean", "", "off", false],
    ["Boolean", "maybe", "maybe", false],
    ["Integer", "060", "60", true],
    ["Integer", "", "0", false],
    ["Integer", "sixty", "sixty", false],
    ["Numeric", "1.50", "1.5", true],
    ["Set", "pg_cron, PGAUDIT", "pgaudit,pg_cron", true],
    ["Set", "pgaudit", "pgaudit,pg_cron", false],
    ["Set", "", "", true],
    ["Enumeration", "TLSV1.2", "TLSv1.2", true],
    ["Enumeration", "", "TLSv1.3", false],
    ["String", "UTC", "utc", false],
    ["String", "UTC", "UTC", true],
    ["SomethingNew", "a", "a", true],
  ])("%s: %j and %j", (dataType, left, right, same) => {
    expect(sameValue(dataType, left, right)).toBe(same);
    expect(sameValue(dataType, right, left)).toBe(same);
  });
});

describe("booleanValue", () => {
  it("reads PostgreSQL's words in any case and nothing else", () => {
    expect([" ON ", "False", "no", "0", "enabled", "constructor"].map(booleanValue)).toEqual([
      true,
      false,
      false,
      false,
      undefined,
      undefined,
    ]);
  });
});

describe("listValue", () => {
  it("drops order, case, blanks and empty items", () => {
    expect(listValue(" B,,a ")).toEqual(["a", "b"]);
  });
});

describe("parameterControls", () => {
  it.each([
    ["a Boolean up to PostgreSQL 17", parameter("log_connections", "ON", { dataType: "Boolean" }), "pass"],
    ["the word for all", parameter("log_connections", "ALL", { dataType: "Set" }), "pass"],
    [
      "a list from 18 on, in any order",
      parameter("log_connections", "authorization,receipt,authentication,setup_durations", { dataType: "Set" }),
      "pass",
    ],
    ["a list that lacks one", parameter("log_connections", "receipt,authorization", { dataType: "Set" }), "fail"],
    ["off", parameter("log_connections", "off", { dataType: "Boolean" }), "fail"],
    [
      "on, but waiting for a restart",
      parameter("log_connections", "on", { dataType: "Boolean", pendingRestart: true }),
      "fail",
    ],
    [
      "an unreported restart state",
      parameter("log_connections", "on", { dataType: "Boolean", pendingRestart: null }),
      "pass",
    ],
  ])("judges %s", (_name, given, outcome) => {
    const findings = outcomesOf([parameter("other", "off"), given]);

    expect(findings.map(([met]) => met)).toEqual([outcome]);
    expect(findings[0]?.[1]).toContain(`Parameter log_connections is`);
  });

  it("names the value met and the values allowed", () => {
    expect(outcomesOf([parameter("log_connections", "off", { dataType: "Boolean" })])).toEqual([
      [
        "fail",
        'Parameter log_connections is "off"; it must be "on" or "all", or list receipt, Authentication, authorization.',
      ],
    ]);
  });

  it("is not applicable where the server has no such parameter", () => {
    expect(outcomesOf([])).toEqual([["notApplicable", "There was nothing to judge."]]);
  });
});

describe("parameterRemediation", () => {
  it("sets the value by every tool", () => {
    const { cli, bicep, terraform } = parameterRemediation("require_secure_transport", "on");

    expect(cli).toBe(
      'az postgres flexible-server parameter set -g <group> -s <server> -n require_secure_transport --value "on"',
    );
    expect(bicep).toContain("properties: { value: 'on', source: 'user-override' }");
    expect(terraform).toContain('value     = "on"');
  });

  it("resets a parameter whose secure value is the empty one", () => {
    expect(parameterRemediation("ssl_max_protocol_version", "").cli).toBe(
      "az postgres flexible-server parameter set -g <group> -s <server> -n ssl_max_protocol_version",
    );
  });
});

import { describe, expect, it } from "@jest/globals";
import { catalogue } from "../../shared/controls/catalogue.ts";
import { defineControl, defineDatabaseControl } from "../../shared/controls/control.ts";
import {
  controlDescription,
  controlListText,
  controlText,
  mappingsOf,
  requirementText,
} from "../../shared/controls/controlDescription.ts";

const control = defineControl({
  meta: {
    id: "net-sample",
    title: "The sample is closed",
    severity: "high",
    // Keys in another order than they are printed.
    remediation: { sql: "select 1", cli: "az sample --close <name>\naz sample --show" },
    rationale: "An open sample is read by everyone who passes, and nobody notices for as long as nobody asks.",
    requires: ["firewallRules"],
    mayRead: ["context"],
    appliesTo: ["publicModel", "approvedFirewall"],
    frameworks: {
      proposed: { nist80053r5: ["SC-7"], mcsb: ["NS-2"] },
      published: { cisAzure: ["A3 5.2.5", "DB2 6.3"], nist80053r5: ["AC-4"] },
    },
  },
  evaluate: () => [],
});

describe("mappingsOf", () => {
  it("lists frameworks in a fixed order, published before proposed", () => {
    expect(mappingsOf(control)).toEqual([
      { framework: "cisAzure", requirement: "A3 5.2.5", source: "published" },
      { framework: "cisAzure", requirement: "DB2 6.3", source: "published" },
      { framework: "mcsb", requirement: "NS-2", source: "proposed" },
      { framework: "nist80053r5", requirement: "AC-4", source: "published" },
      { framework: "nist80053r5", requirement: "SC-7", source: "proposed" },
    ]);
  });
});

describe("controlDescription", () => {
  it("has its keys in one order, whatever order the control is written in", () => {
    expect(JSON.stringify(controlDescription(control))).toBe(
      '{"id":"net-sample","title":"The sample is closed","severity":"high","requires":["firewallRules"],' +
        '"mayRead":["context"],"requiresInDatabase":[],"appliesWhen":["the server is not integrated into a virtual network",' +
        '"a list of approved ranges is configured (policy.firewall.approved)"],' +
        '"rationale":"An open sample is read by everyone who passes, and nobody notices for as long as nobody asks.",' +
        '"remediation":{"cli":"az sample --close <name>\\naz sample --show","sql":"select 1"},' +
        '"frameworks":[{"framework":"cisAzure","requirement":"A3 5.2.5","source":"published"},' +
        '{"framework":"cisAzure","requirement":"DB2 6.3","source":"published"},' +
        '{"framework":"mcsb","requirement":"NS-2","source":"proposed"},' +
        '{"framework":"nist80053r5","requirement":"AC-4","source":"published"},' +
        '{"framework":"nist80053r5","requirement":"SC-7","source":"proposed"}]}',
    );
  });
});

describe("controlText", () => {
  it("is a page that a person reads, with proposals marked", () => {
    expect(controlText(control, 72)).toBe(`net-sample · high
The sample is closed

Reads         firewallRules, context (where needed)
Applies when  the server is not integrated into a virtual network, and a
              list of approved ranges is configured
              (policy.firewall.approved)

An open sample is read by everyone who passes, and nobody notices for as
long as nobody asks.

Azure CLI
  az sample --close <name>
  az sample --show

SQL
  select 1

Supports
  CIS Microsoft Azure Foundations 3.0, 5.2.5
  CIS Microsoft Azure Database Services 2.0.0, 6.3
  Microsoft cloud security benchmark, NS-2 (proposed)
  NIST SP 800-53 r5, AC-4
  NIST SP 800-53 r5, SC-7 (proposed)
`);
  });

  it("says that a control without conditions always applies, and leaves out mappings that it has not", () => {
    const text = controlText({ ...control, meta: { ...control.meta, appliesTo: [], mayRead: [], frameworks: {} } });

    expect(text).toContain("Applies when  always\n");
    expect(text).not.toContain("Supports");
  });

  it("names what is read in each database", () => {
    const inDatabase = defineDatabaseControl({
      meta: { ...control.meta, requires: ["roles"], mayRead: [], requiresInDatabase: ["acls", "partitions"] },
      evaluateDatabase: () => [],
    });

    expect(controlText(inDatabase)).toContain("Reads         roles, acls (in each database), partitions (in each");
    expect(controlDescription(inDatabase)).toMatchObject({
      requires: ["roles"],
      requiresInDatabase: ["acls", "partitions"],
    });
  });

  it.each(catalogue.map((listed) => [listed.meta.id, listed] as const))(
    "prints %s without loose ends",
    (id, listed) => {
      const text = controlText(listed);

      expect(text.startsWith(`${id} · `)).toBe(true);
      expect(text.split("\n").filter((line) => line !== line.trimEnd())).toEqual([]);
      expect(text).not.toMatch(/undefined|\[object/);
    },
  );
});

describe("controlListText", () => {
  it("has one aligned line for each control", () => {
    const low = { ...control, meta: { ...control.meta, id: "net-a", severity: "low" as const } };

    expect(controlListText([control, low])).toBe(
      "net-sample  high      The sample is closed\nnet-a       low       The sample is closed\n",
    );
    expect(controlListText([])).toBe("");
  });
});

describe("requirementText", () => {
  it.each([
    ["cisAzure", "A2 4.3.7", "CIS Microsoft Azure Foundations 2.0/2.1, 4.3.7"],
    ["cisAzure", "Z9 1.1", "Z9, 1.1"],
    ["cisPostgresql", "6.8", "CIS PostgreSQL 17 1.1.0 and 18 1.0.0, 6.8"],
    ["cisPostgresql", "o:5.2", "CIS PostgreSQL 15 1.1.0 and 16 1.0.0, 5.2"],
    ["iso27001_2022", "A.8.20", "ISO/IEC 27001:2022, A.8.20"],
    ["iso27001_2022", "27002 5.14", "ISO/IEC 27002:2022, 5.14"],
    ["azurePolicy", "c29c38cb", "Azure Policy definition, c29c38cb"],
    ["toString", "1", "toString, 1"],
  ])("%s %s is %s", (framework, requirement, text) => {
    expect(requirementText(framework, requirement)).toBe(text);
  });
});

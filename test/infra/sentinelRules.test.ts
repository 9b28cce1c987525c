import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import * as v from "valibot";
import { parse } from "yaml";
import { readAlertQuery, readAlertRules } from "../../infra/alertRules.ts";
import { sentinelRules } from "../../infra/sentinelRules.ts";
import { analyse } from "../kql/kusto.ts";
import { completeQuery, schema } from "../kql/queries.ts";

const root = join(__dirname, "../..");

/** Techniques → the tactics that MITRE ATT&CK has them under. */
const techniques: Readonly<Record<string, readonly string[]>> = {
  T1070: ["DefenseEvasion"],
  T1078: ["InitialAccess", "Persistence", "PrivilegeEscalation", "DefenseEvasion"],
  T1098: ["Persistence", "PrivilegeEscalation"],
  T1133: ["InitialAccess", "Persistence"],
  T1190: ["InitialAccess"],
  T1531: ["Impact"],
  T1557: ["CredentialAccess", "Collection"],
  T1562: ["DefenseEvasion"],
  T1565: ["Impact"],
};

const Text = v.pipe(v.string(), v.minLength(1));

/** What Microsoft Sentinel asks of a scheduled rule. */
const ScheduledRule = v.strictObject({
  id: v.pipe(v.string(), v.uuid()),
  name: v.pipe(Text, v.maxLength(256)),
  description: v.pipe(Text, v.maxLength(5000)),
  severity: v.picklist(["High", "Medium", "Low", "Informational"]),
  requiredDataConnectors: v.array(v.strictObject({ connectorId: Text, dataTypes: v.array(Text) })),
  queryFrequency: v.pipe(v.string(), v.regex(/^\d+[mhd]$/)),
  queryPeriod: v.pipe(v.string(), v.regex(/^\d+[mhd]$/)),
  triggerOperator: v.picklist(["gt", "lt", "eq", "ne"]),
  triggerThreshold: v.pipe(v.number(), v.integer(), v.minValue(0)),
  status: v.picklist(["Available", "Preview"]),
  tactics: v.pipe(v.array(Text), v.minLength(1)),
  relevantTechniques: v.pipe(v.array(v.pipe(v.string(), v.regex(/^T\d{4}$/))), v.minLength(1)),
  query: v.pipe(Text, v.maxLength(10_000)),
  entityMappings: v.optional(
    v.pipe(
      v.array(
        v.strictObject({
          entityType: v.picklist(["AzureResource", "Account"]),
          fieldMappings: v.pipe(
            v.array(v.strictObject({ identifier: v.picklist(["ResourceId", "Name"]), columnName: Text })),
            v.minLength(1),
            v.maxLength(3),
          ),
        }),
      ),
      v.minLength(1),
      v.maxLength(5),
    ),
  ),
  customDetails: v.optional(v.record(v.pipe(v.string(), v.maxLength(20)), Text)),
  alertDetailsOverride: v.optional(v.strictObject({ alertDisplayNameFormat: v.pipe(Text, v.maxLength(256)) })),
  eventGroupingSettings: v.strictObject({ aggregationKind: v.picklist(["AlertPerResult", "SingleAlert"]) }),
  incidentConfiguration: v.strictObject({
    createIncident: v.boolean(),
    groupingConfiguration: v.strictObject({
      enabled: v.boolean(),
      reopenClosedIncident: v.boolean(),
      lookbackDuration: v.pipe(v.string(), v.regex(/^\d+[mhd]$/)),
      matchingMethod: v.picklist(["AllEntities", "AnyAlert", "Selected"]),
    }),
  }),
  version: v.pipe(v.string(), v.regex(/^\d+\.\d+\.\d+$/)),
  kind: v.literal("Scheduled"),
});

describe("sentinelRules", () => {
  const alerts = readAlertRules(root);
  const rules = alerts.map((alert) => {
    const text = sentinelRules(root).get(`infra/sentinel/${alert.id}.yaml`) ?? "";
    return { alert, rule: v.parse(ScheduledRule, parse(text)) };
  });

  it("has one rule for each alert, with an id of its own", () => {
    expect(sentinelRules(root).size).toBe(alerts.length);
    expect(new Set(rules.map(({ rule }) => rule.id)).size).toBe(alerts.length);
  });

  it.each(rules)("$alert.id asks what the alert asks, of columns that are there", ({ alert, rule }) => {
    const { columns } = analyse(completeQuery(rule.query), schema);
    const names = columns.map(({ name }) => name);
    const used = [
      ...(rule.entityMappings ?? []).flatMap(({ fieldMappings }) => fieldMappings.map((field) => field.columnName)),
      ...Object.values(rule.customDetails ?? {}),
      ...[...(rule.alertDetailsOverride?.alertDisplayNameFormat ?? "").matchAll(/\{\{(?<name>\w+)\}\}/g)].map(
        ({ groups }) => groups?.["name"] ?? "",
      ),
    ];

    expect(rule.query).toBe(readAlertQuery(root, alert.id));
    expect(used.filter((name) => !names.includes(name))).toEqual([]);
    expect(rule.entityMappings === undefined).toBe(alert.resourceIdColumn === null);
  });

  it.each(rules)("$alert.id names techniques under the tactics that it names", ({ rule }) => {
    for (const technique of rule.relevantTechniques)
      expect((techniques[technique] ?? []).filter((tactic) => rule.tactics.includes(tactic))).not.toEqual([]);
    for (const tactic of rule.tactics)
      expect(rule.relevantTechniques.filter((technique) => (techniques[technique] ?? []).includes(tactic))).not.toEqual(
        [],
      );
  });
});

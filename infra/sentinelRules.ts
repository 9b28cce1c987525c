import { v5 } from "uuid";
import { stringify } from "yaml";
import { type AlertRule, readAlertQuery, readAlertRules } from "./alertRules.ts";

interface Attack {
  /** Tactics of MITRE ATT&CK, in Sentinel's spelling. */
  readonly tactics: readonly string[];
  readonly techniques: readonly string[];
}

/** What an attacker would have done, or would gain, by detection. */
const attacks: Readonly<Record<string, Attack>> = {
  criticalFinding: { tactics: ["InitialAccess", "PrivilegeEscalation"], techniques: ["T1190", "T1078"] },
  drift: { tactics: ["Persistence", "PrivilegeEscalation"], techniques: ["T1098", "T1078"] },
  administratorReach: { tactics: ["Persistence", "PrivilegeEscalation"], techniques: ["T1098", "T1078"] },
  firewallOpened: { tactics: ["InitialAccess", "DefenseEvasion"], techniques: ["T1133", "T1562"] },
  tlsWeakened: { tactics: ["DefenseEvasion", "CredentialAccess"], techniques: ["T1562", "T1557"] },
  rotationFailed: { tactics: ["Persistence"], techniques: ["T1078"] },
  rotationStuck: { tactics: ["Persistence"], techniques: ["T1078"] },
  rotationOverdue: { tactics: ["Persistence"], techniques: ["T1078"] },
  secretRefused: { tactics: ["Persistence", "Impact"], techniques: ["T1098", "T1531"] },
  noScan: { tactics: ["DefenseEvasion"], techniques: ["T1562"] },
  coverageFell: { tactics: ["DefenseEvasion"], techniques: ["T1562"] },
  serverNotRead: { tactics: ["DefenseEvasion"], techniques: ["T1562"] },
  deliveryFailed: { tactics: ["DefenseEvasion"], techniques: ["T1562"] },
  auditChainBroken: { tactics: ["DefenseEvasion", "Impact"], techniques: ["T1070", "T1565"] },
};

const severities = ["High", "High", "Medium", "Low"];

/** Of the ids of rules: the same in every build, so that an update meets the rule that is there. */
const namespace = "6f3f8f1e-5d0c-4c55-9d0e-3c1a4f6f7b21";

/** Analytics rules of Microsoft Sentinel for the detections of infra/alerts.json, by path. */
export function sentinelRules(root: string): ReadonlyMap<string, string> {
  return new Map(
    readAlertRules(root).map((rule) => {
      const text = stringify(sentinelRule(rule, readAlertQuery(root, rule.id)), { lineWidth: 0 });
      return [`infra/sentinel/${rule.id}.yaml`, text];
    }),
  );
}

/**
 * Sentinel keeps no state between evaluations: a state that lasts gives an alert an hour, which joins the open incident
 * of the same server. Two days are looked at, and then an hour is the shortest time between two evaluations.
 */
function sentinelRule({ id, title, severity, resourceIdColumn, dimensions, description }: AlertRule, query: string) {
  const attack = attacks[id];
  if (attack === undefined) throw new Error(`Detection ${id} names no tactic.`);
  const isAboutServer = resourceIdColumn !== null;
  return {
    id: v5(id, namespace),
    name: `pgwarden: ${title}`,
    description,
    severity: severities[severity] ?? "Low",
    requiredDataConnectors: [],
    queryFrequency: "1h",
    queryPeriod: "2d",
    triggerOperator: "gt",
    triggerThreshold: 0,
    status: "Available",
    tactics: attack.tactics,
    relevantTechniques: attack.techniques,
    query,
    ...(isAboutServer && { entityMappings: entityMappings(id, resourceIdColumn) }),
    ...(dimensions.length > 0 && { customDetails: Object.fromEntries(dimensions.map((name) => [name, name])) }),
    ...(isAboutServer && { alertDetailsOverride: { alertDisplayNameFormat: `pgwarden: ${title}: {{ServerName}}` } }),
    eventGroupingSettings: { aggregationKind: "AlertPerResult" },
    incidentConfiguration: {
      createIncident: true,
      groupingConfiguration: {
        enabled: true,
        reopenClosedIncident: false,
        lookbackDuration: "2d",
        // Without entities there is nothing to tell alerts of one rule apart.
        matchingMethod: isAboutServer ? "AllEntities" : "AnyAlert",
      },
    },
    version: "1.0.0",
    kind: "Scheduled",
  };
}

function entityMappings(id: string, resourceIdColumn: string) {
  const server = {
    entityType: "AzureResource",
    fieldMappings: [{ identifier: "ResourceId", columnName: resourceIdColumn }],
  };
  const role = { entityType: "Account", fieldMappings: [{ identifier: "Name", columnName: "RoleName" }] };
  return id === "administratorReach" ? [server, role] : [server];
}

import type { FrameworkMapping, Remediation } from "../model/finding.ts";
import type { Severity } from "../model/server.ts";
import type { Condition, Control, Framework, FrameworkIds } from "./control.ts";

/** What `pgwarden controls --format json` prints of one control; the keys stand in this order. */
export interface ControlDescription {
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  readonly requires: readonly string[];
  readonly mayRead: readonly string[];
  /** Read in each database; empty for a control that is judged once per server. */
  readonly requiresInDatabase: readonly string[];
  readonly appliesWhen: readonly string[];
  readonly rationale: string;
  readonly remediation: Remediation;
  readonly frameworks: readonly FrameworkMapping[];
}

const conditions: Readonly<Record<Condition, string>> = {
  publicModel: "the server is not integrated into a virtual network",
  publicEndpointEnabled: "the server has a public endpoint",
  publicEndpointDisabled: "the public endpoint is switched off",
  delegatedSubnet: "the server is integrated into a virtual network",
  privateModel: "the server has no public endpoint",
  entraOn: "Entra authentication is on",
  passwordOn: "password authentication is on",
  entraOnlyProfile: "the policy asks for Entra authentication only (policy.entra.only)",
  tenantConfigured: "an expected tenant is configured (policy.entra.tenantId)",
  approvedFirewall: "a list of approved ranges is configured (policy.firewall.approved)",
  canaryConfigured: "a canary is configured for the server (policy.rowSecurity.canaries)",
  sensitiveColumnsListed: "patterns of sensitive columns are configured (policy.privileges.sensitiveColumns)",
  extensionsListed: "a list of approved extensions is configured (policy.code.allowedExtensions)",
  preloadListed: "a list of approved libraries is configured (policy.code.preloadLibraries)",
  cryptoRequired: "the policy says that data needs encryption or masking (policy.code.cryptoRequired)",
  requiredTablesListed: "tables are listed that need row security (policy.rowSecurity.requiredTables)",
  roleProfilesListed: "roles have declared profiles (policy.privileges.roleProfiles)",
  ownerSplitAsked: "the policy asks to keep owners and logins apart (policy.roles.ownerSplit)",
  baselineInForce: "an approved baseline is in force",
  pgBouncerTier: "the server's tier has PgBouncer (General Purpose, Memory Optimized)",
};

const frameworkNames: Readonly<Record<Framework, string>> = {
  cisAzure: "CIS Microsoft Azure",
  cisPostgresql: "CIS PostgreSQL",
  mcsb: "Microsoft cloud security benchmark",
  azurePolicy: "Azure Policy definition",
  nist80053r5: "NIST SP 800-53 r5",
  pciDss401: "PCI DSS 4.0.1",
  iso27001_2022: "ISO/IEC 27001:2022",
  soc2: "SOC 2",
};

/** Of CIS benchmarks only name, release and number may be shown. */
const cisReleases: Readonly<Record<string, string>> = {
  A2: "CIS Microsoft Azure Foundations 2.0/2.1",
  A3: "CIS Microsoft Azure Foundations 3.0",
  A4: "CIS Microsoft Azure Foundations 4.0",
  A5: "CIS Microsoft Azure Foundations 5.0",
  A6: "CIS Microsoft Azure Foundations 6.0",
  DB2: "CIS Microsoft Azure Database Services 2.0.0",
};

/** In the order in which a remediation is shown. */
export const remediationTools: readonly (readonly [keyof Remediation, string])[] = [
  ["cli", "Azure CLI"],
  ["bicep", "Bicep"],
  ["terraform", "Terraform"],
  ["sql", "SQL"],
];

const severities: readonly Severity[] = ["critical", "high", "medium", "low", "info"];

/** Every mapping of a control with its source: published ones of a framework before proposed ones. */
export function mappingsOf({ meta: { frameworks } }: Control): readonly FrameworkMapping[] {
  const names = Object.keys(frameworkNames).filter(isFramework);
  return names.flatMap((framework) => [
    ...mappingsFrom(framework, frameworks.published, "published"),
    ...mappingsFrom(framework, frameworks.proposed, "proposed"),
  ]);
}

export function controlDescription(control: Control): ControlDescription {
  const { id, title, severity, requires, mayRead, appliesTo, rationale, remediation } = control.meta;
  return {
    id,
    title,
    severity,
    requires: [...requires],
    mayRead: [...(mayRead ?? [])],
    requiresInDatabase: "requiresInDatabase" in control.meta ? [...control.meta.requiresInDatabase] : [],
    appliesWhen: (appliesTo ?? []).map((condition) => conditions[condition]),
    rationale,
    remediation: Object.fromEntries(
      remediationTools.flatMap(([tool]) => (remediation[tool] === undefined ? [] : [[tool, remediation[tool]]])),
    ),
    frameworks: mappingsOf(control),
  };
}

/** The sections that a control reads, and when it does not always read them. */
export function readsOf(control: Control): readonly string[] {
  const { requires, mayRead, requiresInDatabase } = controlDescription(control);
  return [
    ...requires,
    ...mayRead.map((section) => `${section} (where needed)`),
    ...requiresInDatabase.map((section) => `${section} (in each database)`),
  ];
}

/** A requirement in full, marked when the mapping is our own proposal. */
export function mappingText({ framework, requirement, source }: FrameworkMapping): string {
  return `${requirementText(framework, requirement)}${source === "proposed" ? " (proposed)" : ""}`;
}

/** One control as a page for a terminal, wrapped at `width` columns; commands are never wrapped. */
export function controlText(control: Control, width = 100): string {
  const { id, title, severity, appliesWhen, rationale, remediation, frameworks } = controlDescription(control);
  const facts = [
    `${id} · ${severity}`,
    title,
    "",
    ...field("Reads", readsOf(control).join(", "), width),
    ...field("Applies when", appliesWhen.length === 0 ? "always" : appliesWhen.join(", and "), width),
    "",
    ...wrap(rationale, width),
  ];
  const fixes = remediationTools.flatMap(([tool, name]) => {
    const text = remediation[tool];
    return text === undefined ? [] : ["", name, ...text.split("\n").map((line) => `  ${line}`.trimEnd())];
  });
  const mappings = frameworks.map((mapping) => `  ${mappingText(mapping)}`);
  return [...facts, ...fixes, ...(mappings.length === 0 ? [] : ["", "Supports", ...mappings]), ""].join("\n");
}

/** One line for each control: id, severity, title, in columns. */
export function controlListText(controls: readonly Control[]): string {
  const idWidth = Math.max(...controls.map(({ meta }) => meta.id.length), 0);
  const severityWidth = Math.max(...severities.map((severity) => severity.length));
  return controls
    .map(({ meta: { id, severity, title } }) => `${id.padEnd(idWidth)}  ${severity.padEnd(severityWidth)}  ${title}\n`)
    .join("");
}

/** The requirement with the full name of its framework: `CIS Microsoft Azure Foundations 3.0, 5.2.1`. */
export function requirementText(framework: string, requirement: string): string {
  if (framework === "cisAzure") {
    const [release = "", number = ""] = requirement.split(" ");
    return `${cisReleases[release] ?? release}, ${number}`;
  }
  if (framework === "cisPostgresql")
    return requirement.startsWith("o:")
      ? `CIS PostgreSQL 15 1.1.0 and 16 1.0.0, ${requirement.slice(2)}`
      : `CIS PostgreSQL 17 1.1.0 and 18 1.0.0, ${requirement}`;
  if (framework === "iso27001_2022" && requirement.startsWith("27002 "))
    return `ISO/IEC 27002:2022, ${requirement.slice(6)}`;
  return `${isFramework(framework) ? frameworkNames[framework] : framework}, ${requirement}`;
}

function mappingsFrom(
  framework: Framework,
  ids: FrameworkIds | undefined,
  source: FrameworkMapping["source"],
): readonly FrameworkMapping[] {
  return (ids?.[framework] ?? []).map((requirement) => ({ framework, requirement, source }));
}

function isFramework(name: string): name is Framework {
  return Object.hasOwn(frameworkNames, name);
}

function field(name: string, value: string, width: number): readonly string[] {
  const indent = 14;
  return wrap(value, width - indent).map((line, index) => `${(index === 0 ? name : "").padEnd(indent)}${line}`);
}

function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

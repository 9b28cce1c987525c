import type { ControlMeta, FrameworkIds } from "../../controls/control.ts";
import type { LedgerChange } from "../../diff/ledger.ts";
import type { Finding, FrameworkMapping } from "../../model/finding.ts";
import type { TableRow } from "../tables.ts";
import { makeRow, objectOf, type RowContext } from "./row.ts";

/**
 * One row per finding, and one per ledger entry that this scan did not judge: gone with its subject, or frozen because
 * evidence is missing.
 *
 * @param metas what the catalogue says of each control, by id
 */
export function findingRows(
  findings: readonly Finding[],
  changes: readonly LedgerChange[],
  metas: ReadonlyMap<string, ControlMeta>,
  context: RowContext,
): readonly TableRow<"PgWardenFinding_CL">[] {
  const changeOf = new Map(changes.map((change) => [change.entry.fingerprint, change]));
  const judged = new Set(findings.map(({ fingerprint }) => fingerprint));
  const unjudged = changes.filter(({ entry }) => !judged.has(entry.fingerprint)).map(unjudgedFinding);
  return [...findings, ...unjudged].map((finding) => {
    const change = changeOf.get(finding.fingerprint);
    const meta = metas.get(finding.controlId);
    return makeRow("PgWardenFinding_CL", context, finding.fingerprint, {
      RuleId: finding.controlId,
      FindingTitle: finding.title === "" ? (meta?.title ?? null) : finding.title,
      Severity: finding.severity,
      Outcome: finding.outcome,
      OutcomeDetail: finding.message,
      ...objectOf(finding.subject),
      Fingerprint: finding.fingerprint,
      LedgerState: change?.state ?? null,
      FirstSeen: change?.entry.firstSeen ?? null,
      Controls: meta === undefined ? null : frameworkMappings(meta),
      Remediation: meta?.remediation ?? null,
    });
  });
}

function unjudgedFinding({ state, entry }: LedgerChange): Finding {
  const { fingerprint, controlId, severity, subject } = entry;
  const isGone = state === "absent";
  const last = `When it was last judged: ${entry.message}`;
  return {
    fingerprint,
    controlId,
    title: "",
    severity,
    subject,
    outcome: isGone ? "notApplicable" : "unknown",
    message: isGone ? `There is no ${subject} to judge any more. ${last}` : `Evidence is missing. ${last}`,
  };
}

/** A control's framework mappings as a flat list, published ones first. */
export function frameworkMappings({ frameworks }: ControlMeta): readonly FrameworkMapping[] {
  return [...mappings(frameworks.published ?? {}, "published"), ...mappings(frameworks.proposed ?? {}, "proposed")];
}

function mappings(ids: FrameworkIds, source: FrameworkMapping["source"]): readonly FrameworkMapping[] {
  return Object.entries(ids).flatMap(([framework, requirements]) =>
    requirements.map((requirement) => ({ framework, requirement, source })),
  );
}

import { createHash } from "node:crypto";
import { type Condition, type Control, type EvaluationContext, type Gap, subjectOf } from "../controls/control.ts";
import type { BaselineDrift } from "../model/drift.ts";
import type { Finding, History, Verdict } from "../model/finding.ts";
import type { Policy } from "../model/policy.ts";
import type { Posture } from "../model/posture.ts";
import type {
  DatabaseEvidence,
  DatabaseSectionName,
  DatabaseSections,
  Evidence,
  MaybeEvidence,
  SectionName,
  Sections,
  Unavailable,
} from "../model/section.ts";
import { type Given, givenConditions, isServerCondition, serverConditions } from "./applicability.ts";

/** Identity of a finding: survives rewording of titles and messages. */
export function fingerprintOf(serverId: string, controlId: string, subject: string): string {
  return createHash("sha256").update([serverId, controlId, subject].join("\n")).digest("hex");
}

/**
 * Judges a posture. The only place that makes `unknown` (a required section was missing, a part was not compared with
 * the baseline, or the server itself could not be read, so that nobody can say whether the control applies) and `notApplicable`.
 */
export function evaluatePosture(
  posture: Posture,
  controls: readonly Control[],
  policy: Policy,
  history: History,
  baselineDrift: BaselineDrift | null = null,
): readonly Finding[] {
  const context = { server: posture.server, takenAt: posture.takenAt, history, baselineDrift };
  return controls.flatMap((control) => evaluateControl(posture, control, policy, context));
}

function evaluateControl(
  posture: Posture,
  control: Control,
  policy: Policy,
  context: EvaluationContext,
): readonly Finding[] {
  const { meta } = control;
  function finding(subject: string, outcome: Finding["outcome"], message: string): Finding {
    return {
      fingerprint: fingerprintOf(posture.server.id, meta.id, subject),
      controlId: meta.id,
      title: meta.title,
      severity: meta.severity,
      subject,
      outcome,
      message,
    };
  }

  const hasBaseline = context.baselineDrift !== null;
  const unasked = unmetGiven(meta.appliesTo ?? [], { policy, server: posture.server.name, hasBaseline });
  if (unasked !== undefined) return [finding("server", "notApplicable", unasked)];

  const conditions = (meta.appliesTo ?? []).filter(isServerCondition);
  if (conditions.length > 0) {
    const { server } = posture.sections;
    if (server.state === "unavailable") return [finding("server", "unknown", missing("server", server))];
    const facts = server.items[0];
    if (facts === undefined) return [finding("server", "unknown", "Section server is empty.")];
    const unmet = conditions.find((condition) => !serverConditions[condition].holds(facts));
    if (unmet !== undefined) return [finding("server", "notApplicable", serverConditions[unmet].otherwise)];
  }

  for (const name of meta.requires) {
    const section = posture.sections[name];
    if (section.state === "unavailable") return [finding("server", "unknown", missing(name, section))];
  }

  const evidence = evidenceOf(posture.sections, meta);
  function findings(verdicts: readonly (Verdict | Gap)[]): readonly Finding[] {
    return verdicts.map((verdict) =>
      finding(
        verdict.subject,
        verdict.outcome,
        verdict.outcome === "unknown" ? gapMessage(verdict, posture.sections) : verdict.message,
      ),
    );
  }

  if ("evaluate" in control) {
    const verdicts = control.evaluate(evidence, policy, context);
    return verdicts.length === 0 ? [finding("server", "notApplicable", nothing)] : findings(verdicts);
  }

  const { databases } = posture.sections;
  if (databases.state === "unavailable") return [finding("server", "unknown", missing("databases", databases))];
  const perDatabase = posture.databases.flatMap(({ name, sections }) => {
    for (const section of control.meta.requiresInDatabase) {
      const content = sections[section];
      if (content.state === "collected") continue;
      if (content.reason === "absent" && mayLack.has(section)) return [];
      return [finding(subjectOf("database", name), "unknown", missing(`${section} of database ${name}`, content))];
    }
    const inDatabase = databaseEvidenceOf(sections, control.meta.requiresInDatabase);
    return findings(control.evaluateDatabase({ ...evidence, ...inDatabase }, policy, { ...context, database: name }));
  });
  return perDatabase.length === 0 ? [finding("server", "notApplicable", nothing)] : perDatabase;
}

const nothing = "There was nothing to judge.";

/** What only some databases have, such as the jobs of pg_cron: where it is absent there is nothing to judge. */
const mayLack: ReadonlySet<DatabaseSectionName> = new Set(["cronJobs"]);

function databaseEvidenceOf(
  sections: DatabaseSections,
  names: readonly DatabaseSectionName[],
): DatabaseEvidence<DatabaseSectionName> {
  const entries = names.map((name) => {
    const section = sections[name];
    return [name, section.state === "collected" ? section.items : []];
  });
  // As in evidenceOf: the caller has checked, and the control's type reads no other section.
  return Object.fromEntries(entries) as DatabaseEvidence<DatabaseSectionName>;
}

function unmetGiven(conditions: readonly Condition[], given: Given): string | undefined {
  for (const condition of conditions) {
    if (isServerCondition(condition)) continue;
    const { holds, otherwise } = givenConditions[condition];
    if (!holds(given)) return otherwise;
  }
  return undefined;
}

function missing(name: string, { reason, detail }: Unavailable): string {
  return `Section ${name} is unavailable (${reason}): ${detail}`;
}

function gapMessage(gap: Gap, sections: Sections): string {
  if ("uncompared" in gap) {
    const { part, database, why } = gap.uncompared;
    const place = database === null ? "" : ` of database ${database}`;
    return `Part ${part}${place} was not compared with the baseline: ${why}.`;
  }
  const { section: name, detail } = gap;
  const section = sections[name];
  return section.state === "unavailable" ? missing(name, section) : `Section ${name} does not tell: ${detail}`;
}

function evidenceOf(
  sections: Sections,
  { requires, mayRead = [] }: Control["meta"],
): Evidence<SectionName> & MaybeEvidence<SectionName> {
  const entries = [...requires, ...mayRead].map((name) => {
    const section = sections[name];
    return [name, section.state === "collected" ? section.items : null];
  });
  // The caller has checked that every required section is collected; a control's type lets it read no other one, and
  // read one of `mayRead` only after a look at null.
  return Object.fromEntries(entries) as Evidence<SectionName> & MaybeEvidence<SectionName>;
}

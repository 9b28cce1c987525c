import type { Drift } from "../model/drift.ts";
import type { Finding, Outcome } from "../model/finding.ts";
import type { DatabasePosture, Posture } from "../model/posture.ts";
import type { DeliveryStatus, SectionGap, ServerResult } from "../model/run.ts";
import type { DatabaseSectionName, DatabaseSections, Section, SectionName, Sections } from "../model/section.ts";
import type { Severity } from "../model/server.ts";

export interface ServerScanFacts {
  readonly runId: string;
  readonly posture: Posture;
  readonly findings: readonly Finding[];
  readonly drifts: readonly Drift[];
  readonly digest: string;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly armReads: number;
  readonly delivery: DeliveryStatus;
}

/** One server's answer in a run. It is `partial` with any gap, `failed` when nothing at all could be read. */
export function summarise(facts: ServerScanFacts): ServerResult {
  const { posture, findings } = facts;
  const gaps = gapsOf(posture);
  const nothing = Object.values(posture.sections).every(({ state }) => state === "unavailable");
  return {
    runId: facts.runId,
    serverId: posture.server.id,
    serverName: posture.server.name,
    status: nothing ? "failed" : gaps.length > 0 ? "partial" : "succeeded",
    startedAt: facts.startedAt,
    durationMs: facts.durationMs,
    digest: facts.digest,
    gaps,
    outcomes: countOutcomes(findings),
    failed: countFailed(findings),
    driftCount: facts.drifts.length,
    armReads: facts.armReads,
    delivery: facts.delivery,
  };
}

/**
 * Sections that should have been read and were not. A section that the server cannot have (`absent`) is no gap,
 * except the server itself: a resource that is gone leaves nothing to say of it. Databases that are excluded or allow
 * no connections are not in the posture and no gap either.
 */
export function gapsOf(posture: Posture): readonly SectionGap[] {
  return [
    ...sectionGaps(posture.sections, null).filter(({ section, reason }) => reason !== "absent" || section === "server"),
    ...posture.databases.flatMap(databaseGaps),
  ];
}

/** One gap for a database of which nothing could be read, for the same reason in every section. */
function databaseGaps({ name, sections }: DatabasePosture): readonly SectionGap[] {
  const gaps = sectionGaps(sections, name);
  const [first] = gaps;
  if (first === undefined) return [];
  const nothing = gaps.length === Object.keys(sections).length && gaps.every(({ detail }) => detail === first.detail);
  return (nothing ? [{ ...first, section: "databases" as const }] : gaps).filter(({ reason }) => reason !== "absent");
}

function sectionGaps(sections: Sections | DatabaseSections, database: string | null): readonly SectionGap[] {
  // Object.entries loses the key type; the keys of `sections` are exactly the section names.
  const entries = Object.entries(sections) as [SectionName | DatabaseSectionName, Section<unknown>][];
  return entries.flatMap(([section, content]) =>
    content.state === "collected" ? [] : [{ section, database, reason: content.reason, detail: content.detail }],
  );
}

export function countOutcomes(findings: readonly Finding[]): Readonly<Record<Outcome, number>> {
  const counts = { pass: 0, fail: 0, notApplicable: 0, unknown: 0, waived: 0 };
  for (const { outcome } of findings) counts[outcome] += 1;
  return counts;
}

export function countFailed(findings: readonly Finding[]): Readonly<Record<Severity, number>> {
  const counts = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };
  for (const { outcome, severity } of findings) if (outcome === "fail") counts[severity] += 1;
  return counts;
}

import type { History, Remediation, Verdict } from "../model/finding.ts";
import type { Policy } from "../model/policy.ts";
import type { BaselineDrift, UncomparedPart } from "../model/drift.ts";
import type { DatabaseEvidence, DatabaseSectionName, Evidence, MaybeEvidence, SectionName } from "../model/section.ts";
import type { ServerRef, Severity } from "../model/server.ts";

/** Named conditions; `shared/evaluate/applicability.ts` says when each holds. */
export type Condition = ServerCondition | GivenCondition;

/** Conditions on the server: without section `server` nobody can say. */
export type ServerCondition =
  | "publicModel"
  | "publicEndpointEnabled"
  | "publicEndpointDisabled"
  | "delegatedSubnet"
  | "privateModel"
  | "entraOn"
  | "passwordOn"
  | "pgBouncerTier";

/** Conditions on what pgwarden was given, the policy and the baseline: they are known before anything is read. */
export type GivenCondition =
  | "entraOnlyProfile"
  | "tenantConfigured"
  | "approvedFirewall"
  | "canaryConfigured"
  | "sensitiveColumnsListed"
  | "extensionsListed"
  | "preloadListed"
  | "cryptoRequired"
  | "requiredTablesListed"
  | "roleProfilesListed"
  | "ownerSplitAsked"
  | "baselineInForce";

export type Framework =
  "cisAzure" | "cisPostgresql" | "mcsb" | "azurePolicy" | "nist80053r5" | "pciDss401" | "iso27001_2022" | "soc2";

/** Requirement ids per framework. Of CIS only ids, never text. */
export type FrameworkIds = Readonly<Partial<Record<Framework, readonly string[]>>>;

export interface ControlMeta<R extends SectionName = SectionName, M extends SectionName = SectionName> {
  /** Section, subject, secure state; kebab-case, no numbers beyond those of the field's own names. */
  readonly id: string;
  /** States the secure state. */
  readonly title: string;
  readonly severity: Severity;
  /** The sections that `evaluate` may read; one of them missing makes the control `unknown`. */
  readonly requires: readonly R[];
  /**
   * Sections that matter for some subjects only: null when missing, and `evaluate` says `unknownWithout` where it
   * needed one. A port that is closed needs no login to be judged; one that is open does.
   */
  readonly mayRead?: readonly M[];
  /** All must hold; without them the control is `notApplicable`. */
  readonly appliesTo?: readonly Condition[];
  readonly frameworks: {
    /** The id stands in a public source. */
    readonly published?: FrameworkIds;
    /** Our own proposal, shown as such. */
    readonly proposed?: FrameworkIds;
  };
  readonly rationale: string;
  readonly remediation: Remediation;
}

/** What a control may know beside its evidence. */
export interface EvaluationContext {
  readonly server: ServerRef;
  /** When the posture was taken: the only clock of a control. */
  readonly takenAt: string;
  readonly history: History;
  /** Drift from the approved baseline; null when there is none that is in force. */
  readonly baselineDrift: BaselineDrift | null;
}

/** A subject that cannot be judged; `evaluatePosture` makes the `unknown` finding of it. */
export type Gap = SectionGap | ComparisonGap;

/** A subject that cannot be judged without `section`. */
export interface SectionGap {
  readonly subject: string;
  readonly outcome: "unknown";
  readonly section: SectionName;
  /** What a section that was read does not tell; a section that was not read gives its own reason. */
  readonly detail: string;
}

/** A part that was not compared with the baseline: that it equals it, nobody can say. */
export interface ComparisonGap {
  readonly subject: string;
  readonly outcome: "unknown";
  readonly uncompared: UncomparedPart;
}

/** A control is judged once per server, or once per database of a server. */
export type Control = ServerControl | DatabaseControl;

export interface ServerControl {
  readonly meta: ControlMeta;
  /** Pure: one verdict per subject, passing ones too. None at all means there was nothing to judge. */
  evaluate(
    evidence: Evidence<SectionName> & MaybeEvidence<SectionName>,
    policy: Policy,
    context: EvaluationContext,
  ): readonly (Verdict | Gap)[];
}

/** Judged in each database in scope: its subjects begin with the database, `subjectOf("table", database, …)`. */
export interface DatabaseControl {
  readonly meta: ControlMeta & { readonly requiresInDatabase: readonly DatabaseSectionName[] };
  evaluateDatabase(
    evidence: Evidence<SectionName> & MaybeEvidence<SectionName> & DatabaseEvidence<DatabaseSectionName>,
    policy: Policy,
    context: DatabaseContext,
  ): readonly (Verdict | Gap)[];
}

export interface DatabaseContext extends EvaluationContext {
  /** The database being judged. */
  readonly database: string;
}

interface DatabaseControlDefinition<R extends SectionName, M extends SectionName, D extends DatabaseSectionName> {
  readonly meta: ControlMeta<R, M> & { readonly requiresInDatabase: readonly D[] };
  evaluateDatabase(
    evidence: Evidence<R> & MaybeEvidence<M> & DatabaseEvidence<D>,
    policy: Policy,
    context: DatabaseContext,
  ): readonly (Verdict | Gap)[];
}

/** As `defineControl`, for a control that is judged in each database. */
export function defineDatabaseControl<
  const R extends SectionName,
  const D extends DatabaseSectionName,
  const M extends SectionName = never,
>(definition: DatabaseControlDefinition<R, M, D>): DatabaseControl {
  return definition;
}

interface ControlDefinition<R extends SectionName, M extends SectionName> {
  readonly meta: ControlMeta<R, M>;
  evaluate(
    evidence: Evidence<R> & MaybeEvidence<M>,
    policy: Policy,
    context: EvaluationContext,
  ): readonly (Verdict | Gap)[];
}

/** Ties the evidence that `evaluate` sees to `meta.requires` and `meta.mayRead`: reading another does not compile. */
export function defineControl<const R extends SectionName, const M extends SectionName = never>(
  definition: ControlDefinition<R, M>,
): ServerControl {
  return definition;
}

export function pass(subject: string, message: string): Verdict {
  return { subject, outcome: "pass", message };
}

export function fail(subject: string, message: string): Verdict {
  return { subject, outcome: "fail", message };
}

/** `unknown` for one subject, because a section of `meta.mayRead` is missing or does not tell. */
export function unknownWithout(
  subject: string,
  section: SectionName,
  detail = "it holds nothing of this.",
): SectionGap {
  return { subject, outcome: "unknown", section, detail };
}

/** `pass` or `fail` by one condition, for controls whose two messages differ in a few words. */
export function verdict(subject: string, passes: boolean, message: string): Verdict {
  return passes ? pass(subject, message) : fail(subject, message);
}

/**
 * `kind`, or `kind/name/…` with `%` and `/` of the names percent-encoded, so that fingerprints cannot collide.
 */
export function subjectOf(kind: string, ...names: readonly string[]): string {
  return [kind, ...names.map((name) => name.replaceAll("%", "%25").replaceAll("/", "%2F"))].join("/");
}

import type { History, Remediation, Verdict } from "../model/finding.ts";
import type { Policy } from "../model/policy.ts";
import type { Evidence, MaybeEvidence, SectionName } from "../model/section.ts";
import type { ServerRef, Severity } from "../model/server.ts";

/** Named conditions on the server and the policy; `shared/evaluate/applicability.ts` says when each holds. */
export type Condition =
  | "publicModel"
  | "publicEndpointEnabled"
  | "publicEndpointDisabled"
  | "delegatedSubnet"
  | "privateModel"
  | "entraOn"
  | "passwordOn"
  | "entraOnlyProfile"
  | "tenantConfigured"
  | "approvedFirewall"
  | "pgBouncerTier";

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
}

/** A subject that cannot be judged without `section`; `evaluatePosture` makes the `unknown` finding of it. */
export interface Gap {
  readonly subject: string;
  readonly outcome: "unknown";
  readonly section: SectionName;
  /** What a section that was read does not tell; a section that was not read gives its own reason. */
  readonly detail: string;
}

export interface Control {
  readonly meta: ControlMeta;
  /** Pure: one verdict per subject, passing ones too. None at all means there was nothing to judge. */
  evaluate(
    evidence: Evidence<SectionName> & MaybeEvidence<SectionName>,
    policy: Policy,
    context: EvaluationContext,
  ): readonly (Verdict | Gap)[];
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
): Control {
  return definition;
}

export function pass(subject: string, message: string): Verdict {
  return { subject, outcome: "pass", message };
}

export function fail(subject: string, message: string): Verdict {
  return { subject, outcome: "fail", message };
}

/** `unknown` for one subject, because a section of `meta.mayRead` is missing or does not tell. */
export function unknownWithout(subject: string, section: SectionName, detail = "it holds nothing of this."): Gap {
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

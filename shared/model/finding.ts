import type { Severity } from "./server.ts";

export type Outcome = "pass" | "fail" | "notApplicable" | "unknown" | "waived";

/** What `evaluate` says of one subject. */
export interface Verdict {
  /** `kind` or `kind/name`, made by `subjectOf`. */
  readonly subject: string;
  readonly outcome: "pass" | "fail";
  /** A sentence that names the subject, the value met and the value allowed. */
  readonly message: string;
}

export interface FrameworkMapping {
  readonly framework: string;
  readonly requirement: string;
  readonly source: "published" | "proposed";
}

export interface Remediation {
  readonly cli?: string;
  readonly bicep?: string;
  readonly terraform?: string;
  readonly sql?: string;
}

/** A verdict with what the catalogue knows of its control. */
export interface Finding {
  /** SHA-256 hex of server id, control id and subject; survives rewording. */
  readonly fingerprint: string;
  readonly controlId: string;
  readonly title: string;
  readonly severity: Severity;
  readonly subject: string;
  readonly outcome: Outcome;
  readonly message: string;
}

export interface Waiver {
  readonly control: string;
  readonly subject: string;
  /** Server name; without it the waiver holds on every server. */
  readonly server?: string;
  readonly reason: string;
  readonly owner: string;
  /** ISO date; the waiver ends when this day begins (UTC). */
  readonly expires: string;
}

/** Facts that one posture cannot show, as instants in ISO 8601. */
export interface History {
  /** When each firewall rule (`name first last`) was first seen. */
  readonly firewallRules: Readonly<Record<string, string>>;
  /**
   * When a role was first seen that the scan before had not found: PostgreSQL does not know when a role was made.
   * Absent: no role is known to be new.
   */
  readonly newRoles?: Readonly<Record<string, string>>;
}

import type { BypassKind, BypassPath } from "../access/bypassPath.ts";
import type { ProtectedTable } from "../model/databaseEvidence.ts";
import type { Severity } from "../model/server.ts";

/** A way past the row security of one table. */
export interface BypassWay {
  readonly database: string;
  readonly table: ProtectedTable;
  readonly path: BypassPath;
}

/** Ways that one cause gave the same logins, or took from them. */
export interface BypassGain {
  /** Numbers of the logins, in the order of their names. */
  readonly logins: Int32Array;
  readonly severity: Severity;
  /** All of one kind, as they were found. */
  readonly ways: readonly BypassWay[];
}

/** By cause, as they were found. */
export type BypassGains = ReadonlyMap<string, readonly BypassGain[]>;

export interface BypassDifference {
  readonly gained: BypassGains;
  readonly lost: BypassGains;
  /** Names of logins by their numbers. */
  readonly names: readonly string[];
}

/** Kinds that lift row security altogether: who has one gains nothing by any other way. */
export const lifting: ReadonlySet<BypassKind> = new Set(["superuser", "bypassRls", "owner", "azure_pg_admin"]);

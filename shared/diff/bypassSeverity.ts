import type { BypassKind } from "../access/bypassPath.ts";
import { rankOf } from "../access/way.ts";
import type { Severity } from "../model/server.ts";
import { atMost } from "./judgement.ts";

/**
 * roles.md §6.2. What a function does with a table that it names is not known, a publication needs a client of its own,
 * and who empties a table or tries keys sees no row.
 */
const weights: Readonly<Record<BypassKind, Severity>> = {
  superuser: "critical",
  bypassRls: "critical",
  owner: "critical",
  azure_pg_admin: "critical",
  partition: "critical",
  view: "critical",
  materializedView: "critical",
  definerFunction: "high",
  publication: "high",
  truncate: "medium",
  references: "low",
};

/** Who would first have to grant itself a role weighs no more than high. */
export function bypassSeverity(kind: BypassKind, rank: number): Severity {
  return rank === rankOf("admin") ? atMost("high", weights[kind]) : weights[kind];
}

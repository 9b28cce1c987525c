import type { Drift } from "../../model/drift.ts";
import type { TableRow } from "../tables.ts";
import { makeRow, objectOf, type RowContext } from "./row.ts";

/** One row per cause and comparison. */
export function driftRows(drifts: readonly Drift[], context: RowContext): readonly TableRow<"PgWardenDrift_CL">[] {
  return drifts.map((drift) =>
    makeRow("PgWardenDrift_CL", context, drift.driftId, {
      DriftId: drift.driftId,
      Comparison: drift.comparison,
      Change: drift.change,
      Cause: drift.cause,
      ...objectOf(drift.cause),
      Severity: drift.severity,
      Message: drift.message,
      Before: dynamicValue(drift.before),
      After: dynamicValue(drift.after),
      EffectCount: drift.effectCount,
      Effects: drift.effects,
      Direction: drift.direction,
      DatabaseName: drift.database,
      GainedCount: drift.gainedCount,
      GainedPrincipals: drift.gainedPrincipals,
    }),
  );
}

/** A dynamic column takes objects and arrays; a plain value stands in one. */
function dynamicValue(value: unknown): object | null {
  if (value === null || value === undefined) return null;
  return typeof value === "object" ? value : { value };
}

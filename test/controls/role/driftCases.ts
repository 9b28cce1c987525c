import type { Drift } from "../../../shared/model/drift.ts";

/** A cause of drift from the baseline, with a message that names it. */
export function drift(cause: string, override: Partial<Drift> = {}): Drift {
  return {
    driftId: "0".repeat(64),
    comparison: "baseline",
    change: "added",
    direction: "gained",
    database: null,
    cause,
    severity: "medium",
    message: `${cause} is not as it was approved.`,
    before: null,
    after: {},
    effectCount: 0,
    effects: [],
    gainedCount: 0,
    gainedPrincipals: [],
    ...override,
  };
}

import type { DefinerFunction, NotableFunction } from "../../../shared/model/databaseEvidence.ts";
import type { Drift } from "../../../shared/model/drift.ts";

/** Safe: fixed path, owner without login. */
export function definerFunction(override: Partial<DefinerFunction> = {}): DefinerFunction {
  return {
    schema: "app",
    signature: "total()",
    owner: "app_owner",
    language: "plpgsql",
    searchPath: "app, pg_temp",
    bodyMd5: "d41d8cd98f00b204e9800998ecf8427e",
    publicExecute: false,
    extension: false,
    mentions: [],
    ...override,
  };
}

export function notable(override: Partial<NotableFunction> = {}): NotableFunction {
  return {
    schema: "app",
    signature: "total()",
    owner: "app_owner",
    language: "plpgsql",
    trustedLanguage: true,
    leakproof: false,
    ...override,
  };
}

/** Drift whose message repeats its cause, as real ones do. */
export function driftOf(cause: string, database: string | null): Drift {
  return {
    driftId: "0".repeat(64),
    comparison: "baseline",
    change: "changed",
    direction: "changed",
    database,
    cause,
    severity: "high",
    message: `${cause} changed.`,
    before: null,
    after: null,
    effectCount: 0,
    effects: [],
    gainedCount: 0,
    gainedPrincipals: [],
  };
}

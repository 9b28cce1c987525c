import type { DefinerFunction } from "../../../shared/model/databaseEvidence.ts";

/** A SECURITY DEFINER function that keeps to every rule. */
export function definer(override: Partial<DefinerFunction> = {}): DefinerFunction {
  return {
    schema: "app",
    signature: "close_day(date)",
    owner: "app_owner",
    language: "plpgsql",
    searchPath: "app, pg_temp",
    bodyMd5: "0".repeat(32),
    publicExecute: false,
    extension: false,
    mentions: [],
    ...override,
  };
}

import { roleDefinitions } from "./roleDefinitions.ts";
import { tableDeclarations } from "./tableDeclarations.ts";

/** The files that the Bicep loads, by path; a test compares them with those in the repository. */
export function infraJson(): ReadonlyMap<string, string> {
  return new Map([
    ["infra/tables.json", text({ tables: tableDeclarations() })],
    ["infra/roles.json", text(roleDefinitions)],
  ]);
}

function text(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

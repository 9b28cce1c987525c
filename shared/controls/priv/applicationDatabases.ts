import type { DatabaseFacts } from "../../model/databaseEvidence.ts";

/** The service's own databases; nobody but the platform connects to the first. */
const platformDatabases: ReadonlySet<string> = new Set(["azure_maintenance", "azure_sys"]);

/** Neither a template nor the platform's, and not left out by configuration. */
export function isApplicationDatabase({ name, template, allowsConnections, excluded }: DatabaseFacts): boolean {
  return !template && allowsConnections && !excluded && !platformDatabases.has(name);
}

import type { ObjectKind } from "../model/databaseEvidence.ts";
import type { Severity } from "../model/server.ts";

const systemSchemas: ReadonlySet<string> = new Set(["pg_catalog", "information_schema"]);

/** What PostgreSQL was born with and nobody should grant on. */
export function isSystem(schema: string | null): boolean {
  return schema !== null && systemSchemas.has(schema);
}

/** What everyone gains by a grant to PUBLIC: high, but for what PostgreSQL itself grants to everyone. */
const publicWeights: Readonly<Partial<Record<ObjectKind, Readonly<Record<string, Severity>>>>> = {
  database: { c: "medium", T: "medium" },
  schema: { U: "medium" },
  function: { X: "medium" },
  procedure: { X: "medium" },
  aggregate: { X: "low" },
  language: { U: "medium" },
  type: { U: "low" },
  domain: { U: "low" },
};

/** What a named role gains; letters that are not listed, and those of later versions, are medium. */
const namedWeights: Readonly<Partial<Record<ObjectKind, Readonly<Record<string, Severity>>>>> = {
  database: { c: "low", T: "low" },
  schema: { U: "low" },
  table: { r: "low" },
  view: { r: "low" },
  matview: { r: "low" },
  foreign_table: { r: "low" },
  sequence: { r: "low", U: "low" },
  column: { r: "low" },
  function: { X: "low" },
  procedure: { X: "low" },
  aggregate: { X: "low" },
  type: { U: "low" },
  domain: { U: "low" },
  large_object: { r: "low" },
};

/** How grave it is that someone gains a privilege (roles.md §6.2); null is PUBLIC. */
export function weightOfPrivilege(
  {
    kind,
    schema,
    objects,
  }: { readonly kind: ObjectKind; readonly schema: string | null; readonly objects: readonly string[] },
  grantee: string | null,
  letter: string,
): Severity {
  if (isSystem(schema)) return "critical";
  if (kind === "parameter" && isGraveParameter(objects, letter)) return "high";
  if (grantee === null) return publicWeights[kind]?.[letter] ?? "high";
  return namedWeights[kind]?.[letter] ?? "medium";
}

/** Who may set this switches triggers off, and with them foreign keys and audits; ALTER SYSTEM reaches every session. */
function isGraveParameter(parameters: readonly string[], letter: string): boolean {
  return letter === "A" || parameters.includes("session_replication_role");
}

import { subjectOf } from "../control.ts";

/** `database/schema.object`, as the lists of the policy name tables, views and foreign tables. */
export function qualifiedName(database: string, schema: string, name: string): string {
  return encoded(database, `${schema}.${name}`);
}

/** `database/schema.table/policy`, as `policy.rowSecurity.publicPolicies` names policies. */
export function qualifiedPolicy(database: string, schema: string, table: string, policy: string): string {
  return encoded(database, `${schema}.${table}`, policy);
}

/** Names in lists are percent-encoded as in subjects: a subject without its kind. */
function encoded(...names: readonly string[]): string {
  return subjectOf("", ...names).slice(1);
}

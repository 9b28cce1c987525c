import type { RoleAccess } from "./accessInput.ts";
import { type Reach, type ReachTarget, reachIn, type RoleAttribute } from "./membershipClosure.ts";

/** Attributes as SQL writes them. */
export const attributeKeywords: Readonly<Record<RoleAttribute, string>> = {
  superuser: "SUPERUSER",
  bypassRls: "BYPASSRLS",
  replication: "REPLICATION",
  createRole: "CREATEROLE",
  createDb: "CREATEDB",
};

/** Predefined roles that are more than a convenience (roles.md §6.2). */
export const riskyRoles: readonly string[] = [
  "pg_execute_server_program",
  "pg_write_server_files",
  "pg_read_server_files",
  "pg_read_all_data",
  "pg_write_all_data",
  "pg_create_subscription",
  "pg_maintain",
  "pg_signal_backend",
  "pg_use_reserved_connections",
];

export const administratorRole = "azure_pg_admin";

/** A name for people and columns: `azure_pg_admin`, `SUPERUSER`. */
export function targetLabel(target: ReachTarget): string {
  return target.kind === "role" ? target.name : attributeKeywords[target.name];
}

// Object.keys forgets the key type; the keys are exactly the attributes.
const attributes = Object.keys(attributeKeywords) as RoleAttribute[];

/** `azure_pg_admin` first, then attributes, then predefined roles. */
export const privilegedTargets: readonly ReachTarget[] = [
  { kind: "role", name: administratorRole },
  ...attributes.map((name) => ({ kind: "attribute", name }) as const),
  ...riskyRoles.map((name) => ({ kind: "role", name }) as const),
];

/**
 * Label of each privileged target that exists → every role that reaches it, whether it logs in or not, by its best way.
 * That superusers, and on Azure members of azure_pg_admin, have nearly all of it is not repeated under each target.
 */
export function privilegedReach({ graph }: RoleAccess): ReadonlyMap<string, ReadonlyMap<string, Reach>> {
  const existing = privilegedTargets.filter(({ kind, name }) => kind === "attribute" || graph.indexOf.has(name));
  return new Map(existing.map((target) => [targetLabel(target), reachIn(graph, target)]));
}

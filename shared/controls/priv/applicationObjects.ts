import type { AclGroup, ObjectKind } from "../../model/databaseEvidence.ts";

/**
 * The platform's superusers. What they own they made or an extension did, and no customer can change it;
 * azure_pg_admin is not among them, for its schema `public` is everybody's.
 */
const platformOwners: ReadonlySet<string> = new Set(["azuresu", "azure_superuser"]);

const systemSchemas: ReadonlySet<string> = new Set(["pg_catalog", "information_schema"]);

export function isPlatformOwner(owner: string): boolean {
  return platformOwners.has(owner);
}

/** PostgreSQL's own schemas stand in evidence only with objects whose privileges were changed. */
export function isSystemSchema(schema: string | null): boolean {
  return schema !== null && systemSchemas.has(schema);
}

/** Neither PostgreSQL's nor the platform's: somebody made it here. */
export function isApplicationGroup({ kind, schema, owner, objects }: AclGroup): boolean {
  if (isPlatformOwner(owner) || isSystemSchema(schema)) return false;
  return kind !== "schema" || !objects.every(isSystemSchema);
}

/** Kinds that hold or make rows. */
export const relationKinds: readonly ObjectKind[] = ["table", "view", "matview", "foreign_table", "sequence", "column"];

const ownedKinds: ReadonlySet<ObjectKind> = new Set([
  "schema",
  "table",
  "view",
  "matview",
  "foreign_table",
  "sequence",
  "function",
  "procedure",
  "aggregate",
]);

/** Groups of application objects by owner. A column belongs to its table, and a privilege on it owns nothing. */
export function ownedObjects(acls: readonly AclGroup[]): ReadonlyMap<string, readonly AclGroup[]> {
  const owned = acls.filter((group) => ownedKinds.has(group.kind) && isApplicationGroup(group));
  return Map.groupBy(owned, ({ owner }) => owner);
}

/** `3 objects (schema app, table app.orders and 1 more)`. */
export function objectsText(groups: readonly AclGroup[]): string {
  const names = groups.flatMap((group) => group.objects.map((name) => objectText(group, name)));
  return names.length === 1 ? (names[0] ?? "") : `${names.length} objects (${firstOf(names)})`;
}

/** `table app.orders`. */
export function objectText({ kind, schema }: Pick<AclGroup, "kind" | "schema">, name: string): string {
  return `${kindWord(kind)} ${schema === null ? name : `${schema}.${name}`}`;
}

const words: Readonly<Partial<Record<ObjectKind, string>>> = {
  matview: "materialized view",
  foreign_table: "foreign table",
  large_object: "large object",
  fdw: "foreign data wrapper",
  server: "foreign server",
};

export function kindWord(kind: ObjectKind): string {
  return words[kind] ?? kind;
}

/** At most three names, sorted, and how many more. */
export function firstOf(names: readonly string[]): string {
  const first = names.toSorted().slice(0, 3).join(", ");
  return names.length > 3 ? `${first} and ${names.length - 3} more` : first;
}

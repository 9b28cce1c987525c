/** Roles that the service makes and customers cannot: named one by one, since anybody may create an `azure_…` role. */
const serviceRoles: ReadonlySet<string> = new Set([
  "azuresu",
  "azure_superuser", // Single Server's name, kept by migrated servers
  "azure_pg_admin",
  "azure_storage_admin",
  "azure_ai_settings_manager",
  "replication",
]);

/** Role of the service or of PostgreSQL, which reserves the prefix `pg_`; `pgadmin` and `PG_x` are somebody's own. */
export function isPlatformRole(name: string): boolean {
  return name.startsWith("pg_") || serviceRoles.has(name);
}

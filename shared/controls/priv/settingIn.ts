import type { RoleSetting, Setting } from "../../model/catalogEvidence.ts";

/**
 * The value that a session of `database` begins with, unless its role has one of its own: the database's, else the
 * server's. Undefined is PostgreSQL's default, which stands in no evidence.
 */
export function settingIn(
  database: string,
  name: string,
  { settings, roleSettings }: { readonly settings: readonly Setting[]; readonly roleSettings: readonly RoleSetting[] },
): string | undefined {
  const own = settingOf(null, database, name, roleSettings) ?? settingOf(null, null, name, roleSettings);
  return own ?? settings.find((setting) => setting.name === name)?.value;
}

/** The value set for a role and database; null of either is every one. */
export function settingOf(
  role: string | null,
  database: string | null,
  name: string,
  roleSettings: readonly RoleSetting[],
): string | undefined {
  return roleSettings.find((one) => one.role === role && one.database === database && one.name === name)?.value;
}

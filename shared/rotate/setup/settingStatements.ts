import type { SetupStatement } from "./setupStatement.ts";

/**
 * Settings that are lists of names: stored with each name quoted where it needs it, and set name by name; the whole as
 * one literal would be one strange name (PostgreSQL, GUC_LIST_QUOTE).
 */
const listsOfNames = [
  "local_preload_libraries",
  "search_path",
  "session_preload_libraries",
  "temp_tablespaces",
  "unix_socket_directories",
];

/**
 * Gives a role a setting as the catalog has it.
 *
 * @param database null: in every database
 * @param setting `name=value`
 */
export function settingStatements(role: string, database: string | null, setting: string): readonly SetupStatement[] {
  const split = setting.indexOf("=");
  if (split < 1) return [];
  const name = setting.slice(0, split).split(".");
  const value = setting.slice(split + 1);
  const values = listsOfNames.includes(setting.slice(0, split).toLowerCase()) ? namesIn(value) : [value];
  const where = database === null ? "" : " in database %I";
  const template = `alter role %I${where} set ${name.map(() => "%I").join(".")} to ${values.map(() => "%L").join(", ")}`;
  return [{ name: "role.set", template, values: [role, ...(database === null ? [] : [database]), ...name, ...values] }];
}

/** The names of a list such as `"$user", public`; an empty list is one empty name, which means the same. */
function namesIn(list: string): readonly string[] {
  const names = [...list.matchAll(/"((?:[^"]|"")*)"|([^\s,"]+)/g)].map(
    ([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare ?? "",
  );
  return names.length === 0 ? [""] : names;
}

/**
 * The schemas of a stored `search_path`, as names: `"$user", app, pg_temp`. An entry in double quotes is taken as it
 * is; the empty text, which is how "no schema" is stored, gives none.
 */
export function searchPathSchemas(value: string): readonly string[] {
  const entries = value.match(/"(?:[^"]|"")*"|[^\s,"]+/gu) ?? [];
  return entries
    .map((entry) => (entry.startsWith('"') ? entry.slice(1, -1).replaceAll('""', '"') : entry.toLowerCase()))
    .filter((name) => name !== "");
}

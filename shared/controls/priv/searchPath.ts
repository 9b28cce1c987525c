/** What PostgreSQL looks through when nobody says otherwise. */
export const defaultSearchPath = '"$user", public';

/**
 * The schemas of a search_path, as the server reads the list: without quotes a name is folded to lower case.
 *
 * @param user who `$user` stands for; null leaves it out
 */
export function searchPathSchemas(path: string, user: string | null): readonly string[] {
  return [...path.matchAll(/\s*(?:"((?:[^"]|"")*)"|([^",\s]+))\s*(?:,|$)/g)].flatMap(([, quoted, plain]) => {
    const name = quoted?.replaceAll('""', '"') ?? plain?.toLowerCase() ?? "";
    if (name !== "$user") return name === "" ? [] : [name];
    return user === null ? [] : [user];
  });
}

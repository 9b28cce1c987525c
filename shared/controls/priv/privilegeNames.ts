/** ACL letters, as PostgreSQL 13 to 18 write them. */
const names: ReadonlyMap<string, string> = new Map([
  ["r", "SELECT"],
  ["a", "INSERT"],
  ["w", "UPDATE"],
  ["d", "DELETE"],
  ["D", "TRUNCATE"],
  ["x", "REFERENCES"],
  ["t", "TRIGGER"],
  ["m", "MAINTAIN"],
  ["X", "EXECUTE"],
  ["U", "USAGE"],
  ["C", "CREATE"],
  ["c", "CONNECT"],
  ["T", "TEMPORARY"],
  ["s", "SET"],
  ["A", "ALTER SYSTEM"],
]);

/** The letters of `privileges`, without the marks of grant options. */
export function lettersOf(privileges: string): readonly string[] {
  return Array.from(privileges).filter((letter) => letter !== "*");
}

/** The letters that may be passed on. */
export function grantableLetters(privileges: string): readonly string[] {
  return Array.from(privileges).filter((_letter, index, all) => all[index + 1] === "*");
}

/** `SELECT, INSERT`; a letter of a later version stays as it is. */
export function privilegeText(letters: Iterable<string>): string {
  return [...new Set(letters)].map((letter) => names.get(letter) ?? letter).join(", ");
}

/** `PUBLIC`; a role of that name, which PostgreSQL allows, stands in quotes. */
export function granteeName(grantee: string | null): string {
  return grantee === "PUBLIC" ? '"PUBLIC"' : (grantee ?? "PUBLIC");
}

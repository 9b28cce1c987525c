/** Decoded names of a key: `a/b` and `c` of `membership/a%2Fb/c`. */
export function namesOf(key: string): readonly string[] {
  const names = key.split("/");
  names.shift();
  return key.includes("%") ? names.map(decoded) : names;
}

function decoded(name: string): string {
  return name.replaceAll("%2F", "/").replaceAll("%25", "%");
}

/** The key's first name. */
export function nameOf(key: string): string {
  return namesOf(key)[0] ?? "";
}

/** The key's first part: `role`, `firewallRule` … */
export function kindOf(key: string): string {
  const end = key.indexOf("/");
  return end === -1 ? key : key.slice(0, end);
}

/** A key of a database's part with the name of the database before its own names. */
export function inDatabase(database: string, key: string): string {
  const kind = kindOf(key);
  return `${kind}/${database.replaceAll("%", "%25").replaceAll("/", "%2F")}${key.slice(kind.length)}`;
}

/** Decoded names of a key: `a/b` and `c` of `membership/a%2Fb/c`. */
export function namesOf(key: string): readonly string[] {
  return key
    .split("/")
    .slice(1)
    .map((name) => name.replaceAll("%2F", "/").replaceAll("%25", "%"));
}

/** The key's first name. */
export function nameOf(key: string): string {
  return namesOf(key)[0] ?? "";
}

/** The key's first part: `role`, `firewallRule` … */
export function kindOf(key: string): string {
  return key.split("/", 1)[0] ?? "";
}

/**
 * Whether two JSON values are equal, whatever the order of their keys. Cheaper than two canonical texts: most items of
 * two snapshots are equal, and an unequal one is mostly found at its first member.
 */
export function sameValue(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (!isObject(left) || !isObject(right) || Array.isArray(left) !== Array.isArray(right)) return false;
  let members = 0;
  for (const key of Object.keys(left)) {
    // An undefined member is an absent one, as in JSON.
    if (left[key] === undefined) continue;
    if (!Object.hasOwn(right, key) || !sameValue(left[key], right[key])) return false;
    members += 1;
  }
  for (const key of Object.keys(right)) if (right[key] !== undefined) members -= 1;
  return members === 0;
}

/** A list is one too: its members are named by number. */
function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

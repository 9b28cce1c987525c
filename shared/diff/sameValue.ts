/**
 * Whether two JSON values are equal, whatever the order of their keys. Cheaper than two canonical texts: most items of
 * two snapshots are equal, and an unequal one is mostly found at its first member.
 */
export function sameValue(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (Array.isArray(left)) return Array.isArray(right) && sameList(left, right);
  if (!isObject(left) || !isObject(right) || Array.isArray(right)) return false;
  let members = 0;
  for (const key in left) {
    // An undefined member is an absent one, as in JSON.
    if (left[key] === undefined) continue;
    if (!Object.hasOwn(right, key) || !sameValue(left[key], right[key])) return false;
    members += 1;
  }
  for (const key in right) if (right[key] !== undefined) members -= 1;
  return members === 0;
}

function sameList(left: readonly unknown[], right: readonly unknown[]): boolean {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index += 1) if (!sameValue(left[index], right[index])) return false;
  return true;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

type Items = Readonly<Record<string, unknown>>;

/** One key under which two sides differ; undefined stands for what is not there. */
export interface Difference {
  readonly key: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** Where two records differ: each key is looked up once on either side. */
export function differencesOf(before: Items, after: Items): readonly Difference[] {
  const differences: Difference[] = [];
  let common = 0;
  for (const key of Object.keys(after)) {
    const now = after[key];
    const isKnown = Object.hasOwn(before, key);
    if (isKnown) common += 1;
    if (!isKnown) differences.push({ key, before: undefined, after: now });
    else if (!sameValue(before[key], now)) differences.push({ key, before: before[key], after: now });
  }
  const old = Object.keys(before);
  // As many keys on both sides as they share: none is missing.
  if (old.length === common) return differences;
  for (const key of old)
    if (!Object.hasOwn(after, key)) differences.push({ key, before: before[key], after: undefined });
  return differences;
}

import type * as v from "valibot";

/** Where an issue of a whole list or file is. `schemaFaults` reads keys and the last value, and nothing else of it. */
export function issuePath(
  keys: readonly [string | number, ...(string | number)[]],
  value: unknown,
): [v.IssuePathItem, ...v.IssuePathItem[]] {
  function item(key: string | number): v.IssuePathItem {
    return { type: "unknown", origin: "value", input: value, key, value };
  }
  const [first, ...rest] = keys;
  return [item(first), ...rest.map(item)];
}

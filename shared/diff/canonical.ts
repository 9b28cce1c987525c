import { createHash } from "node:crypto";

/**
 * One text per value: keys in code unit order, no whitespace, properties that are undefined left out. What has
 * `toJSON` stands as that, as with JSON.stringify.
 *
 * @throws TypeError for what JSON cannot say and JSON.stringify would silently change: NaN, infinities, functions,
 *   and undefined other than as a property
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number" && !Number.isFinite(value)) throw new TypeError(`The number ${value} has no JSON.`);
  if (value === null || typeof value === "number" || typeof value === "boolean") return JSON.stringify(value);
  if (typeof value !== "object") throw new TypeError(`A value of type ${typeof value} has no JSON.`);
  if (speaksJson(value)) return canonicalJson(value.toJSON());
  if (Array.isArray(value)) return `[${value.map((item: unknown) => canonicalJson(item)).join()}]`;
  return objectJson(value as Readonly<Record<string, unknown>>);
}

/** JSON.stringify over a sorted object would not do: JavaScript moves integer-like keys to the front. */
function objectJson(value: Readonly<Record<string, unknown>>): string {
  let members = "";
  for (const key of sortedKeys(value)) {
    const member = value[key];
    if (member !== undefined) members += `${members === "" ? "" : ","}${JSON.stringify(key)}:${canonicalJson(member)}`;
  }
  return `{${members}}`;
}

/** Without a comparing function, JavaScript sorts texts by code unit. */
function sortedKeys(value: object): readonly string[] {
  return Object.keys(value).sort();
}

/** The object whose members have these texts: `canonicalJson`, put together from parts. */
export function joinedJson(members: Readonly<Record<string, string>>): string {
  return `{${sortedKeys(members)
    .map((key) => `${JSON.stringify(key)}:${members[key] ?? "null"}`)
    .join()}}`;
}

function speaksJson(value: object): value is { toJSON(): unknown } {
  return "toJSON" in value && typeof value.toJSON === "function";
}

/** Ascending by UTF-16 code unit: the same on every machine, unlike a locale or a server's collation. */
export function byCodeUnit(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** The same for grantees: PUBLIC, which is null, comes first. */
export function byGrantee(left: string | null, right: string | null): number {
  if (left === null || right === null) return Number(right === null) - Number(left === null);
  return byCodeUnit(left, right);
}

/** SHA-256 as lower-case hex, of the UTF-8 form of a text. */
export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

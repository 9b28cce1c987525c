import { createHash } from "node:crypto";

/**
 * One text per value: keys in code unit order, no whitespace, properties that are undefined left out. What has
 * `toJSON` stands as that, as with JSON.stringify.
 *
 * @throws TypeError for what JSON cannot say and JSON.stringify would silently change: NaN, infinities, functions,
 *   and undefined other than as a property
 */
export function canonicalJson(value: unknown): string {
  let json = "";
  writeJson(value, (piece) => {
    json += piece;
  });
  return json;
}

/** `sha256` of the canonical text, which is never there as a whole: that of a large server has megabytes. */
export function canonicalSha256(value: unknown): string {
  const hash = createHash("sha256");
  let pending = "";
  writeJson(value, (piece) => {
    pending += piece;
    if (pending.length < 65_536) return;
    hash.update(pending);
    pending = "";
  });
  return hash.update(pending).digest("hex");
}

type Write = (piece: string) => void;

function writeJson(value: unknown, write: Write): void {
  if (typeof value === "number" && !Number.isFinite(value)) throw new TypeError(`The number ${value} has no JSON.`);
  if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
    write(JSON.stringify(value));
    return;
  }
  if (typeof value !== "object") throw new TypeError(`A value of type ${typeof value} has no JSON.`);
  if (speaksJson(value)) writeJson(value.toJSON(), write);
  else if (Array.isArray(value)) writeList(value, write);
  // Not a list, so its members have names.
  else writeObject(value as Readonly<Record<string, unknown>>, write);
}

function writeList(items: readonly unknown[], write: Write): void {
  let separator = "[";
  for (const item of items) {
    write(separator);
    writeJson(item, write);
    separator = ",";
  }
  write(separator === "[" ? "[]" : "]");
}

/** JSON.stringify over a sorted object would not do: JavaScript moves integer-like keys to the front. */
function writeObject(value: Readonly<Record<string, unknown>>, write: Write): void {
  let separator = "{";
  for (const key of sortedKeys(value)) {
    const member = value[key];
    if (member === undefined) continue;
    write(`${separator}${JSON.stringify(key)}:`);
    writeJson(member, write);
    separator = ",";
  }
  write(separator === "{" ? "{}" : "}");
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

import type * as v from "valibot";
import type { ConfigFault } from "./configError.ts";
import type { UnknownKey } from "./unknownKeys.ts";

export type FaultPath = readonly (string | number)[];

/** `waivers[0].expires` */
export function pathText(path: FaultPath): string {
  return path.map((key, index) => (typeof key === "number" ? `[${key}]` : `${index === 0 ? "" : "."}${key}`)).join("");
}

/**
 * What was given, in a few words. Text is shown only while it is short and plain: a pasted key, connection string or
 * address with a signature is longer or has other characters.
 */
export function met(value: unknown): string {
  if (value === null || value === undefined) return "empty";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object") return "a mapping";
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value !== "string") return "of another type";
  return /^[\w .:/,*-]{0,60}$/.test(value) ? JSON.stringify(value) : `text of ${value.length} characters`;
}

export function unknownKeyFault({ path, allowed }: UnknownKey): Pick<ConfigFault, "path" | "message"> {
  const where = path.length === 1 ? "the top level" : pathText(path.slice(0, -1));
  return { path: pathText(path), message: `${pathText(path)} is unknown; ${where} takes ${allowed.join(", ")}.` };
}

/** Undefined for what `unknownKeys` tells better. */
export function issueFault(
  issue: v.BaseIssue<unknown>,
): (Pick<ConfigFault, "path" | "message"> & { readonly keys: FaultPath }) | undefined {
  if (issue.type === "strict_object" && issue.expected === "never") return undefined;
  const keys = (issue.path ?? []).map(({ key }) => (typeof key === "number" ? key : String(key)));
  const path = pathText(keys);
  const name = path === "" ? "The file" : path;
  if (issue.type === "strict_object" && issue.received === "undefined") {
    return { keys, path, message: `${name} is missing.` };
  }
  const hint =
    issue.expected === "string" && isPlain(issue.input) ? ` Put it in quotes: "${String(issue.input)}".` : "";
  return { keys, path, message: `${name} is ${met(issue.input)}; allowed: ${issue.message}.${hint}` };
}

function isPlain(value: unknown): boolean {
  return typeof value === "number" || typeof value === "boolean";
}

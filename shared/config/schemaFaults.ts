import * as v from "valibot";
import { unknownKeys } from "./unknownKeys.ts";

export type FaultPath = readonly (string | number)[];

export interface SchemaFault {
  readonly keys: FaultPath;
  readonly path: string;
  readonly message: string;
}

export type Checked<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly faults: readonly SchemaFault[] };

/** Every fault of a value, strange keys included. @param root what an empty path is called, and where paths begin */
export function check<const S extends v.GenericSchema>(
  schema: S,
  value: unknown,
  root: { readonly name: string; readonly prefix?: string },
): Checked<v.InferOutput<S>> {
  function locate(keys: FaultPath): { readonly keys: FaultPath; readonly path: string; readonly name: string } {
    const path = pathText(root.prefix === undefined ? keys : [root.prefix, ...keys]);
    return { keys, path, name: path === "" ? root.name : path };
  }

  const strange = unknownKeys(schema, value).map(({ path: keys, problem, allowed }): SchemaFault => {
    const { path, name } = locate(keys);
    if (problem === "list") return { keys, path, message: `${name} is a list; allowed: ${allowed}.` };
    const parent = keys.length === 1 && root.prefix === undefined ? "the top level" : locate(keys.slice(0, -1)).name;
    return { keys, path, message: `${name} is unknown; ${parent} takes ${allowed}.` };
  });
  const result = v.safeParse(schema, value);
  const wrong = (result.issues ?? []).flatMap((issue): SchemaFault[] => {
    // told by unknownKeys, completely
    if (issue.type === "strict_object" && issue.expected === "never") return [];
    const { keys, path, name } = locate(
      (issue.path ?? []).map(({ key }) => (typeof key === "number" ? key : String(key))),
    );
    return [{ keys, path, message: `${name} ${complaint(issue)}` }];
  });
  const faults = [...strange, ...wrong];
  if (result.success && faults.length === 0) return { ok: true, value: result.output };
  return { ok: false, faults };
}

/** `waivers[0].expires`; keys that are no plain words are quoted. */
export function pathText(path: FaultPath): string {
  return path
    .map((key, index) => {
      if (typeof key === "number") return `[${key}]`;
      const shown = /^[\w-]+$/.test(key) ? key : JSON.stringify(key);
      return `${index === 0 ? "" : "."}${shown.slice(0, 80)}`;
    })
    .join("");
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

function complaint(issue: v.BaseIssue<unknown>): string {
  // A forwarded issue has the whole mapping as input, and the value it is about at the end of its path.
  const value: unknown = issue.path?.at(-1)?.value ?? issue.input;
  if (issue.type === "strict_object" && issue.received === "undefined") return "is missing.";
  if (issue.kind === "validation" && typeof value === "object") return `needs ${issue.message}.`;
  const plain = typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
  const hint = issue.expected === "string" && plain !== undefined ? ` Put it in quotes: "${plain}".` : "";
  return `is ${met(value)}; allowed: ${issue.message}.${hint}`;
}

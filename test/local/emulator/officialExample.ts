import { readFileSync } from "node:fs";
import { join } from "node:path";

export interface OfficialExample {
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly responses: Readonly<Record<string, { readonly headers?: Record<string, string>; readonly body?: unknown }>>;
}

/** @param name below test/fixtures/azure, without `.json` */
export function officialExample(name: string): OfficialExample {
  const path = join("test", "fixtures", "azure", `${name}.json`);
  return JSON.parse(readFileSync(path, "utf8")) as OfficialExample; // the files are the official ones, unchanged
}

/** The body of the 200 answer. */
export function exampleBody(name: string): unknown {
  return officialExample(name).responses["200"]?.body;
}

/** Every property name with its nesting, in order: what "the same shape" means. */
export function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== "object" || value === null) return typeof value;
  return Object.entries(value).map(([name, item]) => [name, shapeOf(item)]);
}

import type * as v from "valibot";

export interface UnknownKey {
  readonly path: readonly (string | number)[];
  /** `key`: the mapping does not know it. `list`: valibot would read a list as a mapping. */
  readonly problem: "key" | "list";
  readonly allowed: string;
}

/**
 * Every key that a strict object of `schema` does not know. valibot's own issue stops at the first of each object, is
 * blind to `constructor` and its like, which every object inherits, and takes a list for a mapping.
 */
export function unknownKeys(
  schema: v.GenericSchema,
  value: unknown,
  path: readonly (string | number)[] = [],
): readonly UnknownKey[] {
  if (typeof value !== "object" || value === null) return [];
  if ("wrapped" in schema) return unknownKeys(asSchema(schema.wrapped), value, path);
  if ("item" in schema) {
    const item = asSchema(schema.item);
    return Array.isArray(value)
      ? value.flatMap((element: unknown, index) => unknownKeys(item, element, [...path, index]))
      : [];
  }
  if (schema.type === "record")
    return Array.isArray(value) ? [{ path, problem: "list", allowed: "a mapping" }] : recordKeys(schema, value, path);
  if (!("entries" in schema)) return [];
  const known = new Map(Object.entries(schema.entries as v.ObjectEntries)); // a schema with entries is an object schema
  const allowed = [...known.keys()].join(", ");
  if (Array.isArray(value)) return [{ path, problem: "list", allowed: `a mapping with the keys ${allowed}` }];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    const schemaOfKey = known.get(key);
    if (schemaOfKey === undefined) return [{ path: [...path, key], problem: "key" as const, allowed }];
    return unknownKeys(asSchema(schemaOfKey), inner, [...path, key]);
  });
}

/** A record drops these names without a word. */
const dropped = new Set(["__proto__", "prototype", "constructor"]);

function recordKeys(schema: v.GenericSchema, value: object, path: UnknownKey["path"]): readonly UnknownKey[] {
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]): readonly UnknownKey[] => {
    if (dropped.has(key)) return [{ path: [...path, key], problem: "key", allowed: "every other name" }];
    return "value" in schema ? unknownKeys(asSchema(schema.value), inner, [...path, key]) : [];
  });
}

/** The parts of a valibot schema are schemas; its generic types do not say so. */
function asSchema(part: unknown): v.GenericSchema {
  return part as v.GenericSchema;
}

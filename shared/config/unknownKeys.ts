import type * as v from "valibot";

export interface UnknownKey {
  readonly path: readonly (string | number)[];
  readonly allowed: readonly string[];
}

/**
 * Every key that a strict object of `schema` does not know. valibot's own issue stops at the first of each object and
 * is blind to `constructor` and its like, which every object inherits.
 */
export function unknownKeys(
  schema: v.GenericSchema,
  value: unknown,
  path: readonly (string | number)[] = [],
): readonly UnknownKey[] {
  if (typeof value !== "object" || value === null) return [];
  if ("wrapped" in schema) return unknownKeys(asSchema(schema.wrapped), value, path);
  if (Array.isArray(value)) {
    if (!("item" in schema)) return [];
    const item = asSchema(schema.item);
    return value.flatMap((element: unknown, index) => unknownKeys(item, element, [...path, index]));
  }
  if (!("entries" in schema)) return [];
  const known = new Map(Object.entries(schema.entries as v.ObjectEntries)); // a schema with entries is an object schema
  const allowed = [...known.keys()];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    const schemaOfKey = known.get(key);
    if (schemaOfKey === undefined) return [{ path: [...path, key], allowed }];
    return unknownKeys(asSchema(schemaOfKey), inner, [...path, key]);
  });
}

/** The parts of a valibot schema are schemas; its generic types do not say so. */
function asSchema(part: unknown): v.GenericSchema {
  return part as v.GenericSchema;
}

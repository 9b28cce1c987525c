import { compared, isNull, Timespan, textOf, type Value } from "./value.ts";

type Scalar = (...values: Value[]) => Value;

/** The scalar functions that our queries use. A query that uses another one fails its test. */
export function scalarFunctions(now: Date): Readonly<Record<string, Scalar>> {
  return {
    ago: (span) => new Date(now.getTime() - ms(span)),
    now: () => now,
    bin,
    not: (value) => (isNull(value) ? null : value !== true),
    isempty: (value) => textOf(value) === "",
    isnotempty: (value) => textOf(value) !== "",
    isnull: (value) => isNull(value),
    isnotnull: (value) => !isNull(value),
    coalesce: (...values) => values.find((value) => !isNull(value) && value !== "") ?? values.at(-1),
    tostring: (value) => textOf(value),
    tolower: (value) => textOf(value).toLowerCase(),
    toupper: (value) => textOf(value).toUpperCase(),
    toint: number,
    tolong: number,
    toreal: number,
    todouble: number,
    tobool: (value) => (isNull(value) ? null : textOf(value).toLowerCase() === "true"),
    todatetime: (value) => (value instanceof Date ? value : dateOf(textOf(value))),
    todynamic: json,
    parse_json: json,
    strcat: (...values) => values.map(textOf).join(""),
    strcat_array: (values, delimiter) => items(values).map(textOf).join(textOf(delimiter)),
    strlen: (value) => textOf(value).length,
    substring: (value, start, length) => textOf(value).substring(Number(start), Number(start) + Number(length ?? 1e9)),
    split: (value, delimiter) => textOf(value).split(textOf(delimiter)),
    replace_string: (value, from, to) => textOf(value).replaceAll(textOf(from), textOf(to)),
    extract: (pattern, group, value) => new RegExp(textOf(pattern)).exec(textOf(value))?.[Number(group)] ?? "",
    array_length: (value) => (Array.isArray(value) ? value.length : null),
    set_has_element: (values, wanted) => items(values).some((value) => compared(value, wanted) === 0),
    bag_keys: (value) => (isBag(value) ? Object.keys(value) : null),
    pack: bag,
    bag_pack: bag,
    max_of: (...values) => values.reduce((most, value) => ((compared(value, most) ?? -1) > 0 ? value : most)),
    min_of: (...values) => values.reduce((least, value) => ((compared(value, least) ?? 1) < 0 ? value : least)),
    round: (value, digits) => rounded(number(value), Number(digits ?? 0)),
    startofday: (value) => bin(value, new Timespan(86_400_000)),
    datetime_diff: (unit, later, earlier) => difference(textOf(unit), later, earlier),
  };
}

function ms(value: Value): number {
  if (value instanceof Timespan) return value.ms;
  if (value instanceof Date) return value.getTime();
  throw new Error(`${textOf(value)} is no timespan.`);
}

function bin(value: Value, size: Value): Value {
  if (isNull(value)) return null;
  if (value instanceof Date) return new Date(Math.floor(value.getTime() / ms(size)) * ms(size));
  if (value instanceof Timespan) return new Timespan(Math.floor(value.ms / ms(size)) * ms(size));
  return Math.floor(Number(value) / Number(size)) * Number(size);
}

function number(value: Value): number | null {
  if (isNull(value) || value === "") return null;
  const read = Number(typeof value === "string" ? value : (value as number));
  return Number.isNaN(read) ? null : read;
}

function rounded(value: number | null, digits: number): number | null {
  return value === null ? null : Number(value.toFixed(digits));
}

function dateOf(text: string): Date | null {
  const time = Date.parse(text);
  return Number.isNaN(time) ? null : new Date(time);
}

function json(value: Value): Value {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value) as Value;
  } catch {
    return value === "" ? null : value;
  }
}

function items(value: Value): readonly Value[] {
  return Array.isArray(value) ? (value as readonly Value[]) : [];
}

export function isBag(value: Value): value is Readonly<Record<string, Value>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function bag(...pairs: Value[]): Value {
  const entries = pairs.flatMap((key, index) => (index % 2 === 0 ? [[textOf(key), pairs[index + 1]]] : []));
  return Object.fromEntries(entries) as Value;
}

function difference(unit: string, later: Value, earlier: Value): number | null {
  const size = { day: 86_400_000, hour: 3_600_000, minute: 60_000, second: 1_000 }[unit];
  if (size === undefined) throw new Error(`The evaluator does not know datetime_diff('${unit}').`);
  if (!(later instanceof Date) || !(earlier instanceof Date)) return null;
  // Boundaries that were crossed, not time that has passed.
  return Math.floor(later.getTime() / size) - Math.floor(earlier.getTime() / size);
}

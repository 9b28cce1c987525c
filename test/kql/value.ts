/** Milliseconds, told apart from numbers. */
export class Timespan {
  readonly ms: number;

  constructor(ms: number) {
    this.ms = ms;
  }
}

/** A value of KQL; a dynamic one is what JSON.parse gives. Strings are never null there: they are empty. */
export type Value =
  string | number | boolean | null | undefined | Date | Timespan | readonly Value[] | { readonly [key: string]: Value };

export type Row = Readonly<Record<string, Value>>;

/** Beside the columns of a row that is stored: when it came, which is `TimeGenerated` unless a test says otherwise. */
export const ingestionTime = "ingestion_time()";

export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}

const unitMs: Readonly<Record<string, number>> = {
  d: 86_400_000,
  day: 86_400_000,
  days: 86_400_000,
  h: 3_600_000,
  hour: 3_600_000,
  hours: 3_600_000,
  m: 60_000,
  min: 60_000,
  minutes: 60_000,
  s: 1_000,
  sec: 1_000,
  seconds: 1_000,
  ms: 1,
};

/** `26h`, `1.5d`, `15m`. */
export function timespanOf(text: string): Timespan {
  const match = /^(\d+(?:\.\d+)?)([a-z]+)$/.exec(text);
  const ms = unitMs[match?.[2] ?? ""];
  if (match?.[1] === undefined || ms === undefined)
    throw new Error(`The evaluator does not know the timespan ${text}.`);
  return new Timespan(Number(match[1]) * ms);
}

export function isNull(value: Value): boolean {
  return value === null || value === undefined;
}

/** What two values are compared by; null when one has no value, and then no comparison holds. */
export function compared(left: Value, right: Value): number | null {
  const [a, b] = [plain(left), plain(right)];
  if (a === null || b === null) return null;
  if (typeof a === "string" || typeof b === "string") {
    const [x, y] = [String(a), String(b)];
    if (x === y) return 0;
    return x < y ? -1 : 1;
  }
  return Math.sign(a - b);
}

function plain(value: Value): string | number | null {
  if (isNull(value)) return null;
  if (value instanceof Date) return value.getTime();
  if (value instanceof Timespan) return value.ms;
  if (typeof value === "boolean") return Number(value);
  if (typeof value === "number" || typeof value === "string") return value;
  return JSON.stringify(value);
}

/** `tostring`: JSON for dynamic values, nothing for null. */
export function textOf(value: Value): string {
  if (isNull(value)) return "";
  if (typeof value === "string") return value;
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Timespan) return timespanText(value.ms);
  return typeof value === "object" ? JSON.stringify(value) : `${value}`;
}

/** `[d.]hh:mm:ss` as Log Analytics prints it. */
function timespanText(ms: number): string {
  const days = Math.floor(ms / 86_400_000);
  const time = new Date(ms - days * 86_400_000).toISOString().slice(11, 19);
  return days === 0 ? time : `${days}.${time}`;
}

/** The value of a cell as its column's type has it. */
export function cell(value: Value, type: string): Value {
  switch (type) {
    case "string":
      return isNull(value) ? "" : textOf(value);
    case "datetime":
      return typeof value === "string" ? new Date(value) : (value ?? null);
    default:
      return value ?? null;
  }
}

/** Groups rows and sets: equal values have equal keys. */
export function keyOf(values: readonly Value[]): string {
  return JSON.stringify(values.map((value) => plain(value)));
}

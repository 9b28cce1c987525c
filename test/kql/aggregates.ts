import type { Syntax } from "./kusto.ts";
import { evaluateExpression, nameOf, part, type Scope } from "./expression.ts";
import { compared, isNull, keyOf, Timespan, type Row, type Value } from "./value.ts";

/** The value of one aggregate over the rows of a group. `scopeOf` gives the scope of one row. */
export function aggregate(call: Syntax, rows: readonly Row[], scopeOf: (row: Row) => Scope): Value {
  const name = nameOf(call);
  const list = part(part(call, "ArgumentList"), "Expressions").elements;
  function each(index: number, from: readonly Row[] = rows): readonly Value[] {
    const argument = list[index];
    if (argument === undefined) throw new Error(`${name} has no argument ${index + 1}.`);
    return from.map((row) => evaluateExpression(argument, scopeOf(row)));
  }
  function where(index: number): readonly Row[] {
    const holds = each(index);
    return rows.filter((_, at) => holds[at] === true);
  }
  switch (name) {
    case "count":
      return rows.length;
    case "countif":
      return where(0).length;
    case "dcount":
      return distinct(each(0)).length;
    case "dcountif":
      return distinct(each(0, where(1))).length;
    case "sum":
      return sum(each(0));
    case "sumif":
      return sum(each(0, where(1)));
    case "avg": {
      const values = each(0).filter((value) => !isNull(value));
      return values.length === 0 ? null : Number(sum(values)) / values.length;
    }
    case "min":
      return extreme(each(0), -1);
    case "max":
      return extreme(each(0), 1);
    case "minif":
      return extreme(each(0, where(1)), -1);
    case "maxif":
      return extreme(each(0, where(1)), 1);
    case "any":
    case "take_any":
      return each(0)[0] ?? null;
    case "make_set":
      return distinct(each(0));
    case "make_set_if":
      return distinct(each(0, where(1)));
    case "make_list":
      return each(0).filter((value) => !isNull(value));
    case "make_list_if":
      return each(0, where(1)).filter((value) => !isNull(value));
    default:
      throw new Error(`The evaluator does not know the aggregate ${name}.`);
  }
}

/** The row that `arg_max` (1) or `arg_min` (-1) picks. */
export function extremeRow(values: readonly Value[], rows: readonly Row[], sign: 1 | -1): Row | undefined {
  let best = -1;
  values.forEach((value, index) => {
    if (isNull(value)) return;
    if (best < 0 || compared(value, values[best]) === sign) best = index;
  });
  return rows[Math.max(best, 0)];
}

function extreme(values: readonly Value[], sign: 1 | -1): Value {
  return values
    .filter((value) => !isNull(value))
    .reduce((best, value) => (isNull(best) || compared(value, best) === sign ? value : best), null);
}

function distinct(values: readonly Value[]): readonly Value[] {
  const known = new Map(values.filter((value) => !isNull(value)).map((value) => [keyOf([value]), value]));
  return [...known.values()];
}

function sum(values: readonly Value[]): Value {
  const present = values.filter((value) => !isNull(value));
  if (present.some((value) => value instanceof Timespan))
    return new Timespan(present.reduce<number>((total, value) => total + (value as Timespan).ms, 0));
  return present.reduce<number>((total, value) => total + Number(value), 0);
}

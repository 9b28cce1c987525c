import { aggregate, extremeRow } from "./aggregates.ts";
import { evaluateExpression, nameOf, part, type Scope } from "./expression.ts";
import { joined } from "./join.ts";
import type { Syntax } from "./kusto.ts";
import { compared, isNull, keyOf, type Row, type Table, type Value } from "./value.ts";

/** What an operator needs beside its input. */
export interface OperatorContext {
  readonly scopeOf: (row: Row) => Scope;
  readonly query: (syntax: Syntax) => Table;
}

/** Applies the operator behind a bar to its input. @throws Error when it is not known here */
export function applyOperator(operator: Syntax, input: Table, context: OperatorContext): Table {
  const { columns, rows } = input;
  function value(syntax: Syntax, row: Row): Value {
    return evaluateExpression(syntax, context.scopeOf(row));
  }
  switch (operator.kind) {
    case "FilterOperator": {
      const condition = part(operator, "Condition");
      return { columns, rows: rows.filter((row) => value(condition, row) === true) };
    }
    case "ExtendOperator":
      return extended(operator, input, context);
    case "ProjectOperator": {
      const made = part(operator, "Expressions").elements.map((syntax) => ({ name: columnName(syntax), syntax }));
      return {
        columns: made.map(({ name }) => name),
        rows: rows.map((row) => Object.fromEntries(made.map(({ name, syntax }) => [name, value(syntax, row)]))),
      };
    }
    case "ProjectAwayOperator": {
      const away = part(operator, "Expressions").elements.map(nameOf);
      return { columns: columns.filter((column) => !away.includes(column)), rows };
    }
    case "ProjectRenameOperator": {
      const renamed = new Map(
        part(operator, "Expressions").elements.map((syntax) => [
          nameOf(part(syntax, "Expression")),
          nameOf(part(syntax, "Name")),
        ]),
      );
      return {
        columns: columns.map((column) => renamed.get(column) ?? column),
        rows: rows.map((row) =>
          Object.fromEntries(columns.map((column) => [renamed.get(column) ?? column, row[column]])),
        ),
      };
    }
    case "SummarizeOperator":
      return summarized(operator, input, context);
    case "DistinctOperator": {
      const names = part(operator, "Expressions").elements.map(nameOf);
      const known = new Map(rows.map((row) => [keyOf(names.map((name) => row[name])), row]));
      return { columns: names, rows: [...known.values()] };
    }
    case "SortOperator":
      return { columns, rows: sorted(part(operator, "Expressions").elements, rows, value) };
    case "TopOperator": {
      const count = Number(value(part(operator, "Expression"), {}));
      return { columns, rows: sorted([part(operator, "ByExpression")], rows, value).slice(0, count) };
    }
    case "TakeOperator":
      return { columns, rows: rows.slice(0, Number(value(part(operator, "Expression"), {}))) };
    case "CountOperator":
      return { columns: ["Count"], rows: [{ Count: rows.length }] };
    case "MvExpandOperator":
      return expanded(operator, input, value);
    case "JoinOperator":
    case "LookupOperator":
      return joined(operator, input, context.query(part(operator, "Expression")));
    case "UnionOperator":
      return unionOf([input, ...part(operator, "Expressions").elements.map((syntax) => context.query(syntax))]);
    // How a workbook draws it; the rows stay.
    case "RenderOperator":
      return input;
    default:
      throw new Error(`The evaluator does not know ${operator.kind}.`);
  }
}

/** All rows of all tables; a column that a table does not have is null there. */
export function unionOf(tables: readonly Table[]): Table {
  const columns = [...new Set(tables.flatMap((table) => table.columns))];
  const rows = tables.flatMap((table) =>
    table.rows.map((row) => Object.fromEntries(columns.map((column) => [column, row[column] ?? null]))),
  );
  return { columns, rows };
}

/** The name of a computed column. Those that Kusto makes up depend on the function: our queries give names. */
function columnName(syntax: Syntax): string {
  if (syntax.kind === "SimpleNamedExpression" || syntax.kind === "NameReference") return nameOf(syntax);
  if (syntax.kind === "FunctionCallExpression" && nameOf(syntax) === "bin") {
    const [column] = part(part(syntax, "ArgumentList"), "Expressions").elements;
    if (column?.kind === "NameReference") return nameOf(column);
  }
  throw new Error(`A column made by ${syntax.kind} has no name.`);
}

function extended(operator: Syntax, { columns, rows }: Table, { scopeOf }: OperatorContext): Table {
  const made = part(operator, "Expressions").elements.map((syntax) => ({ name: columnName(syntax), syntax }));
  const names = made.map(({ name }) => name);
  return {
    columns: [...columns, ...names.filter((name) => !columns.includes(name))],
    // Each expression sees the row as it was before the operator.
    rows: rows.map((row) => ({
      ...row,
      ...Object.fromEntries(made.map(({ name, syntax }) => [name, evaluateExpression(syntax, scopeOf(row))])),
    })),
  };
}

function summarized(operator: Syntax, { columns, rows }: Table, { scopeOf }: OperatorContext): Table {
  const by = (operator.part("ByClause")?.part("Expressions")?.elements ?? []).map((syntax) => ({
    name: columnName(syntax),
    syntax,
  }));
  const groups = new Map<string, { readonly keys: Row; readonly members: Row[] }>();
  for (const row of rows) {
    const keys = Object.fromEntries(by.map(({ name, syntax }) => [name, evaluateExpression(syntax, scopeOf(row))]));
    const key = keyOf(Object.values(keys));
    const group = groups.get(key) ?? { keys, members: [] };
    group.members.push(row);
    groups.set(key, group);
  }
  // Without `by` there is one row, also of nothing.
  if (by.length === 0 && groups.size === 0) groups.set("", { keys: {}, members: [] });

  const aggregates = part(operator, "Aggregates").elements;
  const names = by.map(({ name }) => name);
  const columnsAfter = [...names, ...aggregates.flatMap((syntax) => aggregateColumns(syntax, columns, names))];
  const after = [...groups.values()].map(
    ({ keys, members }) =>
      Object.assign(
        { ...keys },
        ...aggregates.map((syntax) => aggregated(syntax, members, columns, names, scopeOf)),
      ) as Row,
  );
  return { columns: columnsAfter, rows: after };
}

function aggregateColumns(syntax: Syntax, columns: readonly string[], by: readonly string[]): readonly string[] {
  return Object.keys(aggregated(syntax, [], columns, by, undefined));
}

/** One aggregate's columns: its own, or those that `arg_max` takes along. */
function aggregated(
  syntax: Syntax,
  members: readonly Row[],
  columns: readonly string[],
  by: readonly string[],
  scopeOf: ((row: Row) => Scope) | undefined,
): Row {
  const call = syntax.kind === "SimpleNamedExpression" ? part(syntax, "Expression") : syntax;
  const name = nameOf(call);
  if (name !== "arg_max" && name !== "arg_min") {
    if (syntax.kind !== "SimpleNamedExpression") throw new Error(`The aggregate ${name} has no name.`);
    return { [nameOf(syntax)]: scopeOf === undefined ? null : aggregate(call, members, scopeOf) };
  }
  const [first, ...taken] = part(part(call, "ArgumentList"), "Expressions").elements;
  if (first === undefined) throw new Error(`${name} has no argument.`);
  const along = taken.some(({ kind }) => kind === "StarExpression")
    ? columns.filter((column) => !by.includes(column) && column !== nameOf(first))
    : taken.map(nameOf);
  const values = scopeOf === undefined ? [] : members.map((row) => evaluateExpression(first, scopeOf(row)));
  const row = extremeRow(values, members, name === "arg_max" ? 1 : -1) ?? {};
  const own = syntax.kind === "SimpleNamedExpression" ? nameOf(syntax) : nameOf(first);
  return Object.fromEntries([[own, row[nameOf(first)]], ...along.map((column) => [column, row[column]])]) as Row;
}

type ValueOf = (syntax: Syntax, row: Row) => Value;

/** Descending is the default; nulls come last then, and first when ascending. */
function sorted(order: readonly Syntax[], rows: readonly Row[], value: ValueOf): readonly Row[] {
  return rows.toSorted((a, b) => {
    for (const syntax of order) {
      const isOrdered = syntax.kind === "OrderedExpression";
      const expression = isOrdered ? part(syntax, "Expression") : syntax;
      const sign = isOrdered && syntax.part("Ordering")?.part("AscOrDescKeyword")?.text === "asc" ? 1 : -1;
      const found = sign * nullsFirst(value(expression, a), value(expression, b));
      if (found !== 0) return found;
    }
    return 0;
  });
}

function nullsFirst(left: Value, right: Value): number {
  if (isNull(left) || isNull(right)) return Number(isNull(right)) - Number(isNull(left));
  return compared(left, right) ?? 0;
}

/** One row per element of an array; a row with none of them vanishes, one that holds null stays. */
function expanded(operator: Syntax, { columns, rows }: Table, value: ValueOf): Table {
  const list = part(operator, "Expressions").elements.map((element) =>
    element.kind === "MvExpandExpression" ? part(element, "Expression") : element,
  );
  const [syntax, second] = list;
  if (syntax === undefined || second !== undefined) throw new Error("The evaluator expands one column at a time.");
  const name = columnName(syntax);
  return {
    columns: columns.includes(name) ? columns : [...columns, name],
    rows: rows.flatMap((row) => {
      const items = value(syntax, row);
      if (Array.isArray(items)) return (items as readonly Value[]).map((item) => ({ ...row, [name]: item }));
      if (typeof items === "object" && items !== null)
        return Object.entries(items).map(([key, item]) => ({ ...row, [name]: { [key]: item as Value } }));
      return isNull(items) ? [{ ...row, [name]: null }] : [{ ...row, [name]: items }];
    }),
  };
}

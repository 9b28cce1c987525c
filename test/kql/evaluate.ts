import { evaluateExpression, type Meaning, nameOf, part, type Scope } from "./expression.ts";
import { analyse, type Schema, type Syntax } from "./kusto.ts";
import { applyOperator, unionOf } from "./operators.ts";
import { cell, ingestionTime, type Row, type Table } from "./value.ts";

/** Table name → rows as they are sent to the ingestion endpoint. */
export type Rows = Readonly<Record<string, readonly Row[]>>;

export interface Query {
  readonly text: string;
  readonly schema: Schema;
  readonly now: Date;
}

/**
 * Runs a query over rows, as far as our queries need KQL: over the syntax tree that the language service makes of it.
 *
 * @throws Error when the query has a fault, when it uses something that is not known here, or when the result's columns
 *   are not those that the language service derives
 */
export function evaluateQuery({ text, schema, now }: Query, rows: Rows): Table {
  const { syntax, faults, columns } = analyse(text, schema);
  if (faults.length > 0) throw new Error(faults.join("\n"));
  const names: Names = new Map();
  for (const [name, types] of Object.entries(schema))
    names.set(name, { kind: "table", table: tableOf(types, rows[name] ?? []) });

  let result: Table | undefined;
  for (const statement of part(syntax, "Statements").elements) {
    if (statement.kind === "LetStatement") declare(statement, names, now);
    else result = tableQuery(part(statement, "Expression"), names, now);
  }
  if (result === undefined) throw new Error("The query has no tabular statement.");
  const [expected, found] = [columns.map(({ name }) => name), result.columns];
  if (expected.join() !== found.join())
    throw new Error(`The evaluator found the columns ${found.join()}, the language service ${expected.join()}.`);
  return {
    columns: found,
    rows: result.rows.map((row) => Object.fromEntries(found.map((name) => [name, row[name] ?? null]))),
  };
}

type Names = Map<string, Meaning>;

function tableOf(types: Readonly<Record<string, string>>, rows: readonly Row[]): Table {
  const columns = Object.keys(types);
  return {
    columns,
    rows: rows.map((row) => ({
      ...Object.fromEntries(columns.map((name) => [name, cell(row[name], types[name] ?? "")])),
      [ingestionTime]: cell(row[ingestionTime] ?? row["TimeGenerated"] ?? null, "datetime"),
    })),
  };
}

function declare(statement: Syntax, names: Names, now: Date): void {
  const name = nameOf(part(statement, "Name"));
  const expression = part(statement, "Expression");
  if (expression.kind === "FunctionDeclaration") {
    const parameters = part(part(expression, "Parameters"), "Parameters").elements.map((parameter) =>
      nameOf(part(part(parameter, "NameAndType"), "Name")),
    );
    names.set(name, { kind: "function", parameters, body: part(part(expression, "Body"), "Expression") });
  } else if (isTabular(expression, names)) {
    names.set(name, { kind: "table", table: tableQuery(expression, names, now) });
  } else {
    names.set(name, { kind: "scalar", value: evaluateExpression(expression, scopeOf({}, names, now)) });
  }
}

function isTabular(syntax: Syntax, names: Names): boolean {
  switch (syntax.kind) {
    case "PipeExpression":
    case "UnionOperator":
      return true;
    case "ParenthesizedExpression":
      return isTabular(part(syntax, "Expression"), names);
    case "NameReference":
      return names.get(nameOf(syntax))?.kind === "table";
    case "FunctionCallExpression":
      return names.get(nameOf(syntax))?.kind === "function" || nameOf(syntax) === "materialize";
    default:
      return false;
  }
}

function tableQuery(syntax: Syntax, names: Names, now: Date): Table {
  switch (syntax.kind) {
    case "ParenthesizedExpression":
      return tableQuery(part(syntax, "Expression"), names, now);
    case "PipeExpression": {
      const input = tableQuery(part(syntax, "Expression"), names, now);
      return applyOperator(part(syntax, "Operator"), input, {
        scopeOf: (row) => scopeOf(row, names, now),
        query: (inner) => tableQuery(inner, names, now),
      });
    }
    case "UnionOperator":
      return unionOf(part(syntax, "Expressions").elements.map((inner) => tableQuery(inner, names, now)));
    case "NameReference": {
      const meaning = names.get(nameOf(syntax));
      if (meaning?.kind === "function") return tableQuery(meaning.body, names, now);
      if (meaning?.kind === "table") return meaning.table;
      throw new Error(`There is no table ${nameOf(syntax)}.`);
    }
    case "FunctionCallExpression":
      return calledTable(syntax, names, now);
    default:
      throw new Error(`The evaluator does not know ${syntax.kind} as a table.`);
  }
}

function calledTable(syntax: Syntax, names: Names, now: Date): Table {
  const list = part(part(syntax, "ArgumentList"), "Expressions").elements;
  if (nameOf(syntax) === "materialize" && list[0] !== undefined) return tableQuery(list[0], names, now);
  const declared = names.get(nameOf(syntax));
  if (declared?.kind !== "function") throw new Error(`The evaluator does not know the table ${nameOf(syntax)}().`);
  const inner: Names = new Map(names);
  declared.parameters.forEach((name, index) => {
    const argument = list[index];
    if (argument === undefined) return;
    inner.set(name, { kind: "scalar", value: evaluateExpression(argument, scopeOf({}, names, now)) });
  });
  return tableQuery(declared.body, inner, now);
}

function scopeOf(row: Row, names: Names, now: Date): Scope {
  return { row, names, now, query: (syntax) => tableQuery(syntax, names, now) };
}

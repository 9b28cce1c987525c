import { isBag, scalarFunctions } from "./functions.ts";
import type { Syntax } from "./kusto.ts";
import {
  compared,
  ingestionTime,
  isNull,
  Timespan,
  textOf,
  timespanOf,
  type Row,
  type Table,
  type Value,
} from "./value.ts";

/** What names mean where an expression stands. */
export interface Scope {
  readonly row: Row;
  /** Scalars and tables of `let`. */
  readonly names: ReadonlyMap<string, Meaning>;
  readonly now: Date;
  /** A subquery, such as on the right of `in`, or `toscalar`. */
  query(syntax: Syntax): Table;
}

/** What a name stands for. */
export type Meaning =
  | { readonly kind: "scalar"; readonly value: Value }
  | { readonly kind: "table"; readonly table: Table }
  | { readonly kind: "function"; readonly parameters: readonly string[]; readonly body: Syntax };

export function part(syntax: Syntax, name: string): Syntax {
  const found = syntax.part(name);
  if (found === null) throw new Error(`${syntax.kind} has no ${name}.`);
  return found;
}

/** The text of a name, quoted or not. */
export function nameOf(syntax: Syntax): string {
  if (syntax.text !== "") return syntax.text.replace(/^\['|^\["|'\]$|"\]$/g, "");
  return nameOf(part(syntax, "Name"));
}

/** @throws Error when an operator or function is not known here */
export function evaluateExpression(syntax: Syntax, scope: Scope): Value {
  const { kind } = syntax;
  const literal = literalOf(syntax);
  if (literal !== undefined) return literal.value;
  switch (kind) {
    case "ParenthesizedExpression":
    case "SimpleNamedExpression":
      return evaluateExpression(part(syntax, "Expression"), scope);
    case "NameReference":
      return named(nameOf(syntax), scope);
    case "PathExpression":
      return member(evaluateExpression(part(syntax, "Expression"), scope), nameOf(part(syntax, "Selector")));
    case "ElementExpression": {
      const index = evaluateExpression(part(part(syntax, "Selector"), "Expression"), scope);
      return member(evaluateExpression(part(syntax, "Expression"), scope), index);
    }
    case "UnaryMinusExpression":
      return -Number(evaluateExpression(part(syntax, "Expression"), scope));
    case "FunctionCallExpression":
      return called(syntax, scope);
    case "ToScalarExpression": {
      const { columns, rows } = scope.query(part(syntax, "Expression"));
      return rows[0]?.[columns[0] ?? ""] ?? null;
    }
    case "AndExpression":
      return truth(syntax, "Left", scope) && truth(syntax, "Right", scope);
    case "OrExpression":
      return truth(syntax, "Left", scope) || truth(syntax, "Right", scope);
    case "BetweenExpression":
      return between(syntax, scope);
    case "InExpression":
    case "NotInExpression":
    case "InCsExpression":
    case "NotInCsExpression":
      return isIn(syntax, scope) === !kind.startsWith("Not");
    default:
      return binary(syntax, scope);
  }
}

function truth(syntax: Syntax, side: string, scope: Scope): boolean {
  return evaluateExpression(part(syntax, side), scope) === true;
}

function literalOf(syntax: Syntax): { readonly value: Value } | undefined {
  const token = syntax.part("Token")?.text ?? "";
  // Every type but string has a null of its own: `long(null)`, `datetime(null)`.
  if (/^\w+\(\s*null\s*\)$/.test(token)) return { value: null };
  switch (syntax.kind) {
    case "StringLiteralExpression":
      return { value: stringOf(token) };
    case "LongLiteralExpression":
    case "IntLiteralExpression":
    case "RealLiteralExpression":
      return { value: Number(token.replace(/^\w+\(|\)$/g, "")) };
    case "BooleanLiteralExpression":
      return { value: token === "true" };
    case "TimespanLiteralExpression":
      return { value: timespanOf(token.replace(/^timespan\(|\)$/g, "")) };
    case "DateTimeLiteralExpression":
      return { value: new Date(token.replace(/^datetime\(|\)$/g, "")) };
    case "NullLiteralExpression":
      return { value: null };
    case "DynamicExpression":
      return { value: jsonOf(part(syntax, "Expression")) };
    default:
      return undefined;
  }
}

function stringOf(token: string): string {
  if (token.startsWith("@")) return token.slice(2, -1);
  const quote = token[0] ?? '"';
  const inner = token.slice(1, -1);
  return quote === "'" ? inner.replaceAll("\\'", "'").replaceAll("\\\\", "\\") : (JSON.parse(`"${inner}"`) as string);
}

/** The inside of `dynamic(...)`. */
function jsonOf(syntax: Syntax): Value {
  if (syntax.kind === "JsonArrayExpression") return part(syntax, "Values").elements.map(jsonOf);
  const literal = literalOf(syntax);
  if (literal === undefined) throw new Error(`The evaluator does not know ${syntax.kind} in dynamic(…).`);
  return literal.value;
}

function named(name: string, { row, names }: Scope): Value {
  if (name in row) return row[name];
  const meaning = names.get(name);
  if (meaning?.kind === "scalar") return meaning.value;
  throw new Error(`There is no column ${name}.`);
}

function member(value: Value, key: Value): Value {
  if (Array.isArray(value)) return (value as readonly Value[]).at(Number(key)) ?? null;
  return isBag(value) ? (value[textOf(key)] ?? null) : null;
}

function called(syntax: Syntax, scope: Scope): Value {
  const name = nameOf(syntax);
  const list = part(part(syntax, "ArgumentList"), "Expressions").elements;
  function value(index: number): Value {
    const argument = list[index];
    return argument === undefined ? null : evaluateExpression(argument, scope);
  }
  switch (name) {
    case "iff":
    case "iif":
      return value(0) === true ? value(1) : value(2);
    case "case": {
      const hit = list.findIndex((_, index) => index % 2 === 0 && index < list.length - 1 && value(index) === true);
      return value(hit < 0 ? list.length - 1 : hit + 1);
    }
    case "ingestion_time":
      return scope.row[ingestionTime] ?? null;
    default: {
      const known = scalarFunctions(scope.now)[name];
      if (known === undefined) throw new Error(`The evaluator does not know the function ${name}.`);
      return known(...list.map((_, index) => value(index)));
    }
  }
}

function between(syntax: Syntax, scope: Scope): boolean {
  const range = part(syntax, "Right");
  const value = evaluateExpression(part(syntax, "Left"), scope);
  const low = compared(value, evaluateExpression(part(range, "First"), scope));
  const high = compared(value, evaluateExpression(part(range, "Second"), scope));
  return low !== null && high !== null && low >= 0 && high <= 0;
}

function isIn(syntax: Syntax, scope: Scope): boolean {
  const left = evaluateExpression(part(syntax, "Left"), scope);
  const ignoresCase = syntax.kind.endsWith("CsExpression");
  return part(part(syntax, "Right"), "Expressions")
    .elements.flatMap((element) => candidates(element, scope))
    .some((right) =>
      ignoresCase ? textOf(left).toLowerCase() === textOf(right).toLowerCase() : compared(left, right) === 0,
    );
}

/** One value, the elements of a dynamic array, or the first column of a table. */
function candidates(syntax: Syntax, scope: Scope): readonly Value[] {
  const isTable = syntax.kind === "PipeExpression" || (syntax.kind === "NameReference" && isTableName(syntax, scope));
  if (isTable) {
    const { columns, rows } = scope.query(syntax);
    return rows.map((row) => row[columns[0] ?? ""]);
  }
  const value = evaluateExpression(syntax, scope);
  return Array.isArray(value) ? (value as readonly Value[]) : [value];
}

function isTableName(syntax: Syntax, { row, names }: Scope): boolean {
  const name = nameOf(syntax);
  return !(name in row) && names.get(name)?.kind === "table";
}

function binary(syntax: Syntax, scope: Scope): Value {
  const left = evaluateExpression(part(syntax, "Left"), scope);
  const right = evaluateExpression(part(syntax, "Right"), scope);
  const order = compared(left, right);
  const [a, b] = [textOf(left).toLowerCase(), textOf(right).toLowerCase()];
  switch (syntax.kind) {
    // A null differs from every value; whether it equals another null nobody can say.
    case "EqualExpression":
      return isNull(left) && isNull(right) ? null : order === 0;
    case "NotEqualExpression":
      return isNull(left) && isNull(right) ? null : order !== 0;
    case "LessThanExpression":
      return order === null ? null : order < 0;
    case "LessThanOrEqualExpression":
      return order === null ? null : order <= 0;
    case "GreaterThanExpression":
      return order === null ? null : order > 0;
    case "GreaterThanOrEqualExpression":
      return order === null ? null : order >= 0;
    case "EqualTildeExpression":
      return a === b;
    case "BangTildeExpression":
      return a !== b;
    case "ContainsExpression":
      return a.includes(b);
    case "NotContainsExpression":
      return !a.includes(b);
    case "StartsWithExpression":
      return a.startsWith(b);
    case "EndsWithExpression":
      return a.endsWith(b);
    case "HasExpression":
      return a.split(/[^\p{L}\p{N}]+/u).includes(b);
    case "MatchesRegexExpression":
      return new RegExp(textOf(right), "u").test(textOf(left));
    case "AddExpression":
    case "SubtractExpression":
    case "MultiplyExpression":
    case "DivideExpression":
      return isNull(left) || isNull(right) ? null : calculated(syntax.kind, left, right);
    default:
      throw new Error(`The evaluator does not know ${syntax.kind}.`);
  }
}

function calculated(kind: string, left: Value, right: Value): Value {
  const [a, b] = [amount(left), amount(right)];
  const isTime = left instanceof Timespan || right instanceof Timespan;
  switch (kind) {
    case "AddExpression":
      return left instanceof Date || right instanceof Date ? new Date(a + b) : spanOrNumber(a + b, isTime);
    case "SubtractExpression":
      if (left instanceof Date) return right instanceof Date ? new Timespan(a - b) : new Date(a - b);
      return spanOrNumber(a - b, isTime);
    case "MultiplyExpression":
      return spanOrNumber(a * b, isTime);
    default:
      if (left instanceof Timespan && right instanceof Timespan) return a / b;
      return isTime ? new Timespan(a / b) : quotient(a, b);
  }
}

/** Whole numbers divide to a whole number. */
function quotient(a: number, b: number): number | null {
  if (b === 0) return null;
  return Number.isInteger(a) && Number.isInteger(b) ? Math.trunc(a / b) : a / b;
}

function amount(value: Value): number {
  if (value instanceof Date) return value.getTime();
  return value instanceof Timespan ? value.ms : Number(value);
}

function spanOrNumber(value: number, isTime: boolean): Value {
  return isTime ? new Timespan(value) : value;
}

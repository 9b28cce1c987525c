import { nameOf, part } from "./expression.ts";
import type { Syntax } from "./kusto.ts";
import { isNull, keyOf, type Row, type Table } from "./value.ts";

const kinds = ["innerunique", "inner", "leftouter", "leftanti", "anti", "leftsemi", "rightouter", "fullouter"];

/** `join kind=… (…) on …` and `lookup (…) on …`. A right column whose name is taken gets a number, as Kusto gives it. */
export function joined(operator: Syntax, left: Table, right: Table): Table {
  const isLookup = operator.kind === "LookupOperator";
  const kind = kindOf(operator) ?? (isLookup ? "leftouter" : "innerunique");
  if (!kinds.includes(kind)) throw new Error(`The evaluator does not know join kind=${kind}.`);
  const on = part(part(operator, isLookup ? "LookupClause" : "ConditionClause"), "Expressions").elements.map(pairOf);
  const rightOf = grouped(
    right.rows,
    on.map(([, name]) => name),
  );
  const leftRows =
    kind === "innerunique"
      ? firstOfEach(
          left.rows,
          on.map(([name]) => name),
        )
      : left.rows;
  function matches(row: Row): readonly Row[] {
    const values = on.map(([name]) => row[name]);
    return values.some(isNull) ? [] : (rightOf.get(keyOf(values)) ?? []);
  }

  if (kind === "leftanti" || kind === "anti")
    return { columns: left.columns, rows: leftRows.filter((row) => matches(row).length === 0) };
  if (kind === "leftsemi") return { columns: left.columns, rows: leftRows.filter((row) => matches(row).length > 0) };
  if (kind === "rightouter" || kind === "fullouter") throw new Error(`The evaluator does not know join kind=${kind}.`);

  const keys = on.map(([, name]) => name);
  const kept = isLookup ? right.columns.filter((name) => !keys.includes(name)) : right.columns;
  const names = kept.map((name) => ({ name, as: freeName(name, left.columns) }));
  return {
    columns: [...left.columns, ...names.map(({ as }) => as)],
    rows: leftRows.flatMap((row) => {
      const found = matches(row);
      const partners = found.length === 0 && kind === "leftouter" ? [{}] : found;
      return partners.map((partner: Row) => ({
        ...row,
        ...Object.fromEntries(names.map(({ name, as }) => [as, partner[name] ?? null])),
      }));
    }),
  };
}

function kindOf(operator: Syntax): string | undefined {
  const given = part(operator, "Parameters").elements.find((parameter) => nameOf(parameter) === "kind");
  return given?.part("Expression")?.part("Token")?.text;
}

/** `A` or `$left.A == $right.B`. */
function pairOf(syntax: Syntax): readonly [string, string] {
  if (syntax.kind === "NameReference") return [nameOf(syntax), nameOf(syntax)];
  if (syntax.kind !== "EqualExpression") throw new Error(`The evaluator does not join on ${syntax.kind}.`);
  return [nameOf(part(part(syntax, "Left"), "Selector")), nameOf(part(part(syntax, "Right"), "Selector"))];
}

function grouped(rows: readonly Row[], names: readonly string[]): ReadonlyMap<string, readonly Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = keyOf(names.map((name) => row[name]));
    const group = groups.get(key) ?? [];
    group.push(row);
    groups.set(key, group);
  }
  return groups;
}

function firstOfEach(rows: readonly Row[], names: readonly string[]): readonly Row[] {
  return [...grouped(rows, names).values()].flatMap(([first]) => (first === undefined ? [] : [first]));
}

function freeName(name: string, taken: readonly string[]): string {
  for (let number = 0; ; number += 1) {
    const candidate = number === 0 ? name : `${name}${number}`;
    if (!taken.includes(candidate)) return candidate;
  }
}

import { analyse, type Syntax } from "./kusto.ts";

/** Operators of a transformation at ingestion, which sees one row at a time (azure.md §3). */
const allowed = [
  "FilterOperator",
  "ExtendOperator",
  "ProjectOperator",
  "ProjectAwayOperator",
  "ProjectRenameOperator",
  "ParseOperator",
  "PrintOperator",
];

/** What an ingestion would refuse of a transformation; the language service alone takes all of KQL. */
export function transformFaults(text: string, columns: Readonly<Record<string, string>>): readonly string[] {
  const types = Object.entries(columns).map(([name, type]) => [name, type === "boolean" ? "bool" : type]);
  const { syntax, faults } = analyse(text, { source: Object.fromEntries(types) as Record<string, string> });
  return [...faults, ...operatorsOf(syntax).filter((kind) => !allowed.includes(kind))];
}

function operatorsOf(syntax: Syntax): readonly string[] {
  const own = syntax.kind.endsWith("Operator") ? [syntax.kind] : [];
  return [...own, ...syntax.elements.flatMap(operatorsOf)];
}

import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { tableDeclarations } from "../../infra/tableDeclarations.ts";
import { columnsOf, tableNames } from "../../shared/publish/tables.ts";
import { evaluateQuery, type Rows } from "./evaluate.ts";
import type { Schema } from "./kusto.ts";
import { ingestionTime, type Row, type Table, textOf } from "./value.ts";

const folder = join(__dirname, "../../infra");

const SavedFunction = v.strictObject({ name: v.string(), displayName: v.string(), parameters: v.string() });

/** The saved functions beside those of the tables, in an order in which each uses earlier ones only. */
export const savedFunctions = v.parse(
  v.array(SavedFunction),
  JSON.parse(readFileSync(join(folder, "functions.json"), "utf8")),
);

/** `alerts`, `functions` or `workbook` → the names of its queries. */
export function queryNames(kind: string): readonly string[] {
  return globSync(`queries/${kind}/*.kql`, { cwd: folder })
    .map((path) => path.replace(/^.*\/|\.kql$/g, ""))
    .sort();
}

/** @param path `alerts/drift` */
export function readQuery(path: string): string {
  return readFileSync(join(folder, "queries", `${path}.kql`), "utf8");
}

/** The tables of the workspace that queries may use, with the words that KQL has for types. */
export const schema: Schema = {
  ...Object.fromEntries(tableNames.map((name) => [name, kqlColumns(columnsOf(name))])),
  // As far as our queries use it: Azure writes it through the rule's diagnostic setting.
  DCRLogErrors: { TimeGenerated: "datetime", InputStreamId: "string", OperationName: "string", Message: "string" },
};

function kqlColumns(columns: Readonly<Record<string, { readonly type: string }>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(columns).map(([name, { type }]) => [name, type === "boolean" ? "bool" : type]),
  );
}

interface Declaration {
  readonly name: string;
  readonly text: string;
}

/** What a workspace knows by saved functions, each after those that it uses. */
function declarations(): readonly Declaration[] {
  const ofTables = tableDeclarations().map((table) => table.function);
  return [
    ...ofTables.map(({ name, query }) => ({ name, text: `let ${name} = ${query};` })),
    ...savedFunctions.map(({ name, parameters }) => {
      const body = readQuery(`functions/${name}`).trimEnd();
      const head = parameters === "" ? "" : `(${parameters.toLowerCase()}) {\n`;
      return { name, text: `let ${name} = ${head}${body}${head === "" ? "" : "\n}"};` };
    }),
  ];
}

/** A query as the workspace sees it: parameters of the workbook filled in, the saved functions that it uses in front. */
export function completeQuery(text: string): string {
  const filled = text.replaceAll("{Server}", "'orders','billing'").replaceAll("{TimeRange:grain}", "6h");
  return declarations().reduceRight(
    (query, { name, text: declared }) => (new RegExp(`\\b${name}\\b`).test(query) ? `${declared}\n${query}` : query),
    filled,
  );
}

export interface Asked {
  readonly now: Date;
  /** What is chosen in the workbook's parameter Server; all without it. */
  readonly server?: string;
}

/** Runs one of infra/queries, or a call of a saved function. */
export function ask(query: string, rows: Rows, { now, server }: Asked): Table {
  const text = query.includes("/") ? readQuery(query) : query;
  const chosen = server === undefined ? text : text.replaceAll("{Server}", `'${server}'`);
  return evaluateQuery({ text: completeQuery(chosen), schema, now }, rows);
}

/** Every row of ours delivered once more, later: what at-least-once delivery may do. */
export function twice(rows: Rows): Rows {
  return Object.fromEntries(
    Object.entries(rows).map(([table, list]) => [
      table,
      table.startsWith("PgWarden") ? [...list, ...list.map(again)] : list,
    ]),
  );
}

function again(row: Row): Row {
  const first = textOf(row[ingestionTime] ?? row["TimeGenerated"]);
  return { ...row, [ingestionTime]: new Date(Date.parse(first) + 7_200_000).toISOString() };
}

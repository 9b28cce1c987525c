import { type Column, type ColumnType } from "../shared/publish/columns.ts";
import { columnsOf, streamColumns, streamOf, tableNames, tables } from "../shared/publish/tables.ts";

/** A column of a Log Analytics table: ARM writes `dateTime` where a stream says `datetime` (azure.md §3). */
interface TableColumn {
  readonly name: string;
  readonly type: Exclude<ColumnType, "datetime"> | "dateTime";
  readonly description: string;
  readonly dataTypeHint?: "armPath";
}

/** What the Bicep needs to declare one table, its stream and the function that leaves repeated rows out. */
export interface TableDeclaration {
  readonly name: string;
  readonly description: string;
  readonly columns: readonly TableColumn[];
  readonly stream: { readonly name: string; readonly columns: readonly { name: string; type: ColumnType }[] };
  readonly function: { readonly name: string; readonly query: string };
}

/** In the order of `shared/publish/tables.ts`. */
export function tableDeclarations(): readonly TableDeclaration[] {
  const streams = streamColumns();
  return tableNames.map((name) => {
    const stream = streamOf(name);
    return {
      name,
      description: tables[name].description,
      columns: Object.entries(columnsOf(name)).map(([column, declared]) => tableColumn(column, declared)),
      stream: {
        name: stream,
        columns: Object.entries(streams[stream] ?? {}).map(([column, type]) => ({ name: column, type })),
      },
      function: { name: functionOf(name), query: withoutRepeats(name) },
    };
  });
}

/** The function's name: the table's without `_CL`. */
function functionOf(table: string): string {
  return table.replace(/_CL$/, "");
}

/**
 * One row per RowId, and in IngestedAt when it came first: what is told late, or twice, is news once. Time is not
 * compared with now in a function, because alert rules take no relative time from functions.
 */
export function withoutRepeats(table: string): string {
  return [
    table,
    "| extend IngestionTime = ingestion_time()",
    "| summarize IngestedAt = min(IngestionTime), arg_max(TimeGenerated, *) by RowId",
    "| project-away IngestionTime",
  ].join("\n");
}

function tableColumn(name: string, { type, description }: Column): TableColumn {
  return {
    name,
    type: type === "datetime" ? "dateTime" : type,
    description,
    ...(name === "TargetResourceId" && { dataTypeHint: "armPath" }),
  };
}

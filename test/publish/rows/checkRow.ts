import { expect } from "@jest/globals";
import type { ColumnType } from "../../../shared/publish/columns.ts";
import { columnsOf, type TableName } from "../../../shared/publish/tables.ts";

const accepts: Readonly<Record<ColumnType, (value: unknown) => boolean>> = {
  string: (value) => typeof value === "string",
  int: (value) => Number.isInteger(value) && Math.abs(Number(value)) < 2 ** 31,
  long: (value) => Number.isSafeInteger(value),
  real: (value) => typeof value === "number",
  boolean: (value) => typeof value === "boolean",
  datetime: (value) => typeof value === "string" && !Number.isNaN(Date.parse(value)),
  dynamic: (value) => typeof value === "object",
};

/** Exactly the columns of the table, each null or of its type: what the data collection rule asks for. */
export function expectRow(table: TableName, row: Readonly<Record<string, unknown>>): void {
  const columns = columnsOf(table);
  expect(Object.keys(row).sort()).toEqual(Object.keys(columns).sort());
  const misfits = Object.entries(columns).filter(
    ([name, { type }]) => row[name] !== null && !accepts[type](JSON.parse(JSON.stringify(row[name]))),
  );
  expect(misfits.map(([name]) => name)).toEqual([]);
}

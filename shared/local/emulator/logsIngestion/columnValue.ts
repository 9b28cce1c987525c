import type { ColumnType } from "../azureState.ts";

const DATE_TIME = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

/** Whether a column of the stream declaration takes the value. Null and an absent value always pass. */
export function isColumnValue(type: ColumnType, value: unknown): boolean {
  if (value === null) return true;
  switch (type) {
    case "string":
      return typeof value === "string";
    case "int":
      return Number.isInteger(value) && Math.abs(Number(value)) < 2 ** 31;
    case "long":
      return Number.isInteger(value);
    case "real":
      return typeof value === "number";
    case "boolean":
      return typeof value === "boolean";
    case "datetime":
      return typeof value === "string" && DATE_TIME.test(value) && !Number.isNaN(Date.parse(value));
    case "dynamic":
      return true;
  }
}

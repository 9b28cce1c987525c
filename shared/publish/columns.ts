/** Types of a DCR stream column (azure.md §3): there is no guid, and `datetime` has no capital. */
export type ColumnType = "string" | "int" | "long" | "real" | "boolean" | "datetime" | "dynamic";

export interface Column<T extends ColumnType = ColumnType> {
  readonly type: T;
  readonly description: string;
}

interface ColumnValues {
  readonly string: string;
  readonly int: number;
  readonly long: number;
  readonly real: number;
  readonly boolean: boolean;
  /** ISO 8601 in UTC. */
  readonly datetime: string;
  readonly dynamic: object;
}

export type ColumnValue<T extends ColumnType> = ColumnValues[T];

export function text(description: string): Column<"string"> {
  return { type: "string", description };
}

export function int(description: string): Column<"int"> {
  return { type: "int", description };
}

export function long(description: string): Column<"long"> {
  return { type: "long", description };
}

export function boolean(description: string): Column<"boolean"> {
  return { type: "boolean", description };
}

export function datetime(description: string): Column<"datetime"> {
  return { type: "datetime", description };
}

export function dynamic(description: string): Column<"dynamic"> {
  return { type: "dynamic", description };
}

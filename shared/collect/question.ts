import type { Rows, Statement } from "./collector.ts";

/** A statement, and what its answer becomes. */
export interface Question<T> {
  readonly statement: Statement;
  /** @throws what the collector's `parse` throws */
  readonly parse: (rows: Rows) => readonly T[];
}

interface Asker<T> {
  readonly sql: (major: number) => string;
  readonly parse: (rows: Rows) => readonly T[];
  readonly reader?: () => (row: unknown) => T;
}

/** What the rows of one sending became, and what stood in the way of the first that misfits. */
interface Reading<T> {
  readonly items: T[];
  readonly faults: unknown[];
}

/** Rows of a collector with a reader are read as they arrive and let go: their items are all that is kept of them. */
export function questionOf<T>({ sql, parse, reader }: Asker<T>, major: number): Question<T> {
  if (reader === undefined) return { statement: sql(major), parse };
  let last: Reading<T> = { items: [], faults: [] };
  return {
    statement: {
      sql: sql(major),
      begin: () => {
        const reading: Reading<T> = { items: [], faults: [] };
        last = reading;
        const read = reader();
        return (row) => {
          // A misfit makes the section unavailable; the answers behind it in the message are read all the same.
          if (reading.faults.length > 0) return;
          try {
            reading.items.push(read(row));
          } catch (error) {
            reading.faults.push(error);
          }
        };
      },
    },
    parse: () => {
      if (last.faults.length > 0) throw last.faults[0];
      return last.items;
    },
  };
}

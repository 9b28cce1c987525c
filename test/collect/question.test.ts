import { describe, expect, it } from "@jest/globals";
import { questionOf } from "../../shared/collect/question.ts";
import type { RowStatement } from "../../shared/collect/collector.ts";

/** Numbers, and nothing else. */
function readNumber(row: unknown): number {
  if (typeof row !== "number") throw new TypeError(`${String(row)} is no number.`);
  return row;
}

const counting = {
  sql: (major: number) => `select ${major}`,
  parse: (rows: readonly unknown[]) => rows.map(readNumber),
};

/** Reads with a number of its own for every time that the statement is sent. */
function reading() {
  let sent = 0;
  function reader(): (row: unknown) => number {
    sent += 1;
    const time = sent;
    return (row) => time * 100 + readNumber(row);
  }
  const { statement, parse } = questionOf({ ...counting, reader }, 17);
  // A collector with a reader asks with a statement of this kind.
  return { statement: statement as RowStatement, parse };
}

describe("questionOf", () => {
  it("asks without a reader for rows, and parses them", () => {
    const { statement, parse } = questionOf(counting, 17);

    expect(statement).toBe("select 17");
    expect(parse([1, 2])).toEqual([1, 2]);
  });

  it("keeps with a reader what the rows became as they arrived", () => {
    const { statement, parse } = reading();

    const take = statement.begin();
    take(1);
    take(2);

    expect(statement.sql).toBe("select 17");
    expect(parse([])).toEqual([101, 102]);
  });

  it("forgets what an earlier sending brought, its fault too", () => {
    const { statement, parse } = reading();
    const first = statement.begin();
    first(1);
    first("x");

    const second = statement.begin();
    first(2);
    second(3);

    expect(parse([])).toEqual([203]);
  });

  it("takes every row after one that misfits, and throws that fault when parsed", () => {
    const { statement, parse } = reading();

    const take = statement.begin();
    for (const row of [1, "x", "y", 2]) take(row);

    expect(() => parse([])).toThrow("x is no number.");
  });
});

import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { chunkRows } from "../../shared/publish/chunkRows.ts";

const stream = "Custom-PgWardenFinding_CL";
const rowsOfAnySize = fc.array(
  fc.record({ RowId: fc.uuid(), text: fc.string({ unit: "binary", maxLength: 200 }), more: fc.jsonValue() }),
);

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

function idsOf(name: string, time: string): readonly string[] {
  const rows = [
    { RowId: "a", TimeGenerated: time },
    { RowId: "b", TimeGenerated: time },
  ];
  return chunkRows(name, rows).chunks.map(({ id }) => id);
}

describe("chunkRows", () => {
  it("keeps every row once and in order, and no chunk above the limit", () => {
    fc.assert(
      fc.property(rowsOfAnySize, fc.integer({ min: 20, max: 2000 }), (rows, maxBytes) => {
        const { chunks, oversized } = chunkRows(stream, rows, maxBytes);

        for (const chunk of chunks) expect(bytesOf(chunk.rows)).toBeLessThanOrEqual(maxBytes);
        const large = rows.filter((row) => bytesOf([row]) > maxBytes);
        expect(chunks.flatMap((chunk) => chunk.rows)).toEqual(rows.filter((row) => !large.includes(row)));
        expect(oversized.map(({ rowId }) => rowId)).toEqual(large.map(({ RowId }) => RowId));
      }),
    );
  });

  it("fills chunks: two neighbours never fit into one", () => {
    fc.assert(
      fc.property(rowsOfAnySize, fc.integer({ min: 300, max: 3000 }), (rows, maxBytes) => {
        const { chunks } = chunkRows(stream, rows, maxBytes);

        for (const [index, chunk] of chunks.entries()) {
          const next = chunks[index + 1]?.rows[0];
          if (next !== undefined) expect(bytesOf([...chunk.rows, next])).toBeGreaterThan(maxBytes);
        }
      }),
    );
  });

  it("gives the same rows the same ids, whatever else stands in them", () => {
    expect(idsOf(stream, "2026-11-22")).toEqual(idsOf(stream, "2026-11-23"));
    expect(idsOf(stream, "2026-11-22")).not.toEqual(idsOf("Custom-Other_CL", "2026-11-22"));
  });

  it("stays below 900 kB by default, tiny rows counted with their commas", () => {
    const rows = Array.from({ length: 100_000 }, (_, index) => ({ RowId: String(index) }));

    const { chunks } = chunkRows(stream, rows);

    expect(chunks.map(({ rows: held }) => bytesOf(held) <= 900_000)).toEqual(chunks.map(() => true));
    expect(chunks).toHaveLength(2);
  });

  it("makes no chunk of nothing", () => {
    expect(chunkRows(stream, [])).toEqual({ chunks: [], oversized: [] });
  });
});

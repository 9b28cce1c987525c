import { canonicalJson, sha256 } from "../diff/canonical.ts";
import { byteLength } from "./byteLength.ts";
import type { Chunk, Row } from "./sink.ts";

export interface OversizedRow {
  readonly stream: string;
  readonly rowId: string;
  readonly bytes: number;
}

export interface Chunks {
  readonly chunks: readonly Chunk[];
  /** Rows that fit no chunk: not in any, and never sent. */
  readonly oversized: readonly OversizedRow[];
}

/** Packs rows in their order. `maxBytes` of one chunk as UTF-8 JSON, commas and brackets included; the service takes 1 MB. */
export function chunkRows(stream: string, rows: readonly Row[], maxBytes = 900_000): Chunks {
  const packs: Row[][] = [];
  const oversized: OversizedRow[] = [];
  let room = 0;
  for (const row of rows) {
    const bytes = byteLength(row);
    if (bytes + 2 > maxBytes) {
      oversized.push({ stream, rowId: rowIdOf(row), bytes });
      continue;
    }
    const pack = packs.at(-1);
    if (pack !== undefined && bytes + 1 <= room) {
      pack.push(row);
      room -= bytes + 1;
    } else {
      packs.push([row]);
      room = maxBytes - 2 - bytes;
    }
  }
  return { chunks: packs.map((pack) => chunkOf(stream, pack)), oversized };
}

/** The id depends on stream and rows' ids alone: a repeated delivery of the same rows is the same chunk. */
export function chunkOf(stream: string, rows: readonly Row[]): Chunk {
  const id = sha256([stream, ...rows.map(rowIdOf)].join("\n")).slice(0, 32);
  return { id, stream, rows };
}

/** The row's RowId; a row without one is known by its content. */
export function rowIdOf(row: Row): string {
  const rowId = row["RowId"];
  return typeof rowId === "string" ? rowId : sha256(canonicalJson(row));
}

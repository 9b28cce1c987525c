import { gunzipSync, gzipSync } from "node:zlib";
import * as v from "valibot";
import type { Chunk, Row } from "./sink.ts";

/** What the name of a spooled chunk says: `spool/{table}/{yyyy-mm-dd}/{chunkId}.jsonl.gz`. */
export interface SpoolBlob {
  readonly name: string;
  readonly stream: string;
  readonly day: string;
}

export const spoolPrefix = "spool/";
const pattern = /^spool\/(?<table>[A-Za-z0-9_]+)\/(?<day>\d{4}-\d{2}-\d{2})\/[0-9a-f]+\.jsonl\.gz$/;

export function spoolBlobName({ stream, id }: Chunk, now: Date): string {
  return `${spoolPrefix}${stream.replace(/^Custom-/, "")}/${now.toISOString().slice(0, 10)}/${id}.jsonl.gz`;
}

/** Undefined for a name that no spooled chunk can have. */
export function parseSpoolBlob(name: string): SpoolBlob | undefined {
  const { table, day } = pattern.exec(name)?.groups ?? {};
  return table === undefined || day === undefined ? undefined : { name, stream: `Custom-${table}`, day };
}

export function packRows(rows: readonly Row[]): Uint8Array {
  return gzipSync(rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
}

const SpooledRow = v.looseObject({ RowId: v.string() });

/** A chunk holds at most 1 MB; a blob that unpacks to far more is none of ours and must not fill the memory. */
const maxUnpackedBytes = 8_000_000;

/** @throws any error: the blob is damaged; what exactly is wrong with it helps nobody */
export function unpackRows(bytes: Uint8Array): readonly Row[] {
  const text = new TextDecoder("utf-8", { fatal: true }).decode(
    gunzipSync(bytes, { maxOutputLength: maxUnpackedBytes }),
  );
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => v.parse(SpooledRow, JSON.parse(line)));
}

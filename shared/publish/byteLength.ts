/** Bytes of a value as UTF-8 JSON: what limits of the ingestion service count. */
export function byteLength(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

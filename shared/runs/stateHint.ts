import * as v from "valibot";
import { canonicalJson } from "../diff/canonical.ts";
import type { StateStore, WriteCondition } from "../publish/stateStore.ts";

// Small JSON blobs that may be lost: what reads them goes on without.

export interface StoredHint<T> {
  readonly value: T;
  readonly etag: string;
}

/** @returns `value` undefined when the blob does not fit, and nothing at all when there is none */
export async function readHintVersion<S extends v.GenericSchema>(
  store: StateStore,
  name: string,
  schema: S,
  signal: AbortSignal,
): Promise<StoredHint<v.InferOutput<S> | undefined> | undefined> {
  const blob = await store.read(name, signal);
  if (blob === undefined) return undefined;
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), new TextDecoder().decode(blob.bytes));
  return { value: parsed.success ? parsed.output : undefined, etag: blob.etag };
}

export async function readHint<S extends v.GenericSchema>(
  store: StateStore,
  name: string,
  schema: S,
  signal: AbortSignal,
): Promise<v.InferOutput<S> | undefined> {
  return (await readHintVersion(store, name, schema, signal))?.value;
}

export async function writeHint(
  store: StateStore,
  name: string,
  value: object,
  signal: AbortSignal,
  condition: WriteCondition = "replace",
): Promise<"written" | "conflict"> {
  return await store.write(name, new TextEncoder().encode(`${canonicalJson(value)}\n`), condition, signal);
}

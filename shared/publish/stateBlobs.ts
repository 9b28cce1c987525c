import { gunzipSync, gzipSync } from "node:zlib";
import * as v from "valibot";
import { canonicalJson, sha256 } from "../diff/canonical.ts";
import { isOutdated, outdatedAdvice, parseSnapshot } from "../diff/parseSnapshot.ts";
import { digestOf, snapshotBytes } from "../diff/snapshotDigest.ts";
import type { Baseline, LedgerEntry, OutdatedBaseline, Snapshot } from "../model/drift.ts";
import type { History } from "../model/finding.ts";
import type { Run, ServerResult } from "../model/run.ts";
import {
  BaselineBody,
  LatestBody,
  LedgerBody,
  OutdatedBaselineBody,
  RunBody,
  ServerResultBody,
} from "./stateSchemas.ts";

/** What the next scan of a server compares with. */
export interface LatestState {
  readonly runId: string;
  readonly takenAt: string;
  /** Of `snapshot`. */
  readonly digest: string;
  readonly snapshot: Snapshot;
  readonly history: History;
  readonly result: ServerResult;
}

/** A server's findings ledger, and as it was before the run that wrote it. */
export interface LedgerState {
  readonly runId: string;
  readonly entries: readonly LedgerEntry[];
  readonly before: readonly LedgerEntry[];
}

/** A blob of the state container does not hold what its name says; nothing was guessed from it. */
export class DamagedBlobError extends Error {
  override readonly name = "DamagedBlobError";
  readonly blob: string;

  constructor(blob: string, what: string, cause?: unknown) {
    super(`Blob ${blob} is damaged: ${what}.`, { cause });
    this.blob = blob;
  }
}

/** A blob holds a snapshot of an earlier version: it is whole, but there is nothing in it to compare with. */
export class OutdatedBlobError extends Error {
  override readonly name = "OutdatedBlobError";

  constructor(blob: string) {
    super(`Blob ${blob} is of an earlier version: ${outdatedAdvice}.`);
  }
}

/** A server in blob names: its own name to read, and eight digits of its id's SHA-256 so that no two are the same. */
export function serverKey(serverId: string): string {
  const id = serverId.toLowerCase();
  const name = (id.split("/").at(-1) ?? "").replaceAll(/[^a-z0-9-]/g, "-");
  return `${name}-${sha256(id).slice(0, 8)}`;
}

/** Names of blobs, as architecture.md §5 lists them. A time in a name has no colons. */
export const blobNames = {
  run: (runId: string) => `runs/${runId}/run.json`,
  results: (runId: string) => `runs/${runId}/servers/`,
  result: (runId: string, key: string) => `runs/${runId}/servers/${key}.json`,
  snapshot: (key: string, takenAt: string) => `snapshots/${key}/${timeInName(takenAt)}.json.gz`,
  latest: (key: string) => `snapshots/${key}/latest.json`,
  baselines: (key: string) => `baselines/${key}/`,
  baseline: (key: string, approvedAt: string) => `baselines/${key}/${timeInName(approvedAt)}.json`,
  ledger: (key: string) => `findings/${key}/ledger.json`,
} as const;

function timeInName(instant: string): string {
  return instant.replaceAll(":", "-");
}

/** How one kind of blob is written and read. */
export interface BlobFormat<T> {
  /** The same bytes for the same value. */
  encode(value: T): Uint8Array;
  /** @throws DamagedBlobError naming the blob and what does not fit */
  decode(name: string, bytes: Uint8Array): T;
}

export const runFormat: BlobFormat<Run> = jsonFormat(RunBody);
export const resultFormat: BlobFormat<ServerResult> = jsonFormat(ServerResultBody);
export const ledgerFormat: BlobFormat<LedgerState> = jsonFormat(LedgerBody);

/**
 * Decoding a state of snapshot version 1 throws OutdatedBlobError, and whoever reads it goes on as without one: an
 * upgrade makes the next scan of each server its first.
 */
export const latestFormat: BlobFormat<LatestState> = {
  encode: (latest) => encodeJson(latest),
  decode(name, bytes) {
    const value = parseJson(name, bytes);
    if (isOutdated(snapshotIn(value))) throw new OutdatedBlobError(name);
    return withDigest(name, fit(name, LatestBody, value));
  },
};

/** A baseline of snapshot version 1 stays readable, without its snapshot: it is not in force any more. */
export const baselineFormat: BlobFormat<Baseline | OutdatedBaseline> = {
  encode: (baseline) => encodeJson(baseline),
  decode(name, bytes) {
    const value = parseJson(name, bytes);
    if (!isOutdated(snapshotIn(value))) return withDigest(name, fit(name, BaselineBody, value));
    const { snapshot, ...approval } = fit(name, OutdatedBaselineBody, value);
    // Version 1 hashed the snapshot's canonical bytes.
    const digest = sha256(`${canonicalJson(snapshot)}\n`);
    if (digest !== approval.digest) throw otherDigest(name, digest, approval.digest);
    const outdated = `The baseline that ${approval.approvedBy} approved at ${approval.approvedAt} is not in force: ${outdatedAdvice} and approve what it finds.`;
    return { ...approval, snapshot: null, outdated };
  },
};

/** A snapshot kept for history: gzip of its canonical bytes. */
export const snapshotFormat: BlobFormat<Snapshot> = {
  encode: (snapshot) => gzipSync(snapshotBytes(snapshot)),
  decode: (name, bytes) => parseSnapshot(name, unzip(name, bytes)),
};

const maxSnapshotBytes = 200_000_000;

function unzip(name: string, bytes: Uint8Array): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: maxSnapshotBytes });
  } catch (cause) {
    throw new DamagedBlobError(name, "it is cut short or not gzip", cause);
  }
}

function jsonFormat<S extends v.GenericSchema>(schema: S): BlobFormat<v.InferOutput<S>> {
  return {
    encode: (value) => encodeJson(value),
    decode: (name, bytes) => fit(name, schema, parseJson(name, bytes)),
  };
}

function encodeJson(value: unknown): Uint8Array {
  return new TextEncoder().encode(`${canonicalJson(value)}\n`);
}

function fit<S extends v.GenericSchema>(name: string, schema: S, value: unknown): v.InferOutput<S> {
  const parsed = v.safeParse(schema, value);
  if (parsed.success) return parsed.output;
  throw new DamagedBlobError(name, `unexpected ${v.getDotPath(parsed.issues[0]) ?? "form"}`);
}

function parseJson(name: string, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new DamagedBlobError(name, `its ${bytes.length} bytes are no JSON`, cause);
  }
}

function snapshotIn(value: unknown): unknown {
  return typeof value === "object" && value !== null && "snapshot" in value ? value.snapshot : undefined;
}

/** A snapshot stands beside its digest: an edit of one alone is seen. */
function withDigest<T extends { readonly digest: string; readonly snapshot: Snapshot }>(name: string, value: T): T {
  const digest = digestIn(name, value.snapshot);
  if (digest !== value.digest) throw otherDigest(name, digest, value.digest);
  return value;
}

/** JSON.parse reads numbers that JSON cannot write. */
function digestIn(name: string, snapshot: Snapshot): string {
  try {
    return digestOf(snapshot);
  } catch (cause) {
    throw new DamagedBlobError(name, "its snapshot holds a value that no snapshot has", cause);
  }
}

function otherDigest(name: string, digest: string, stated: string): DamagedBlobError {
  return new DamagedBlobError(name, `its snapshot has digest ${digest}, not ${stated}`);
}

import { readFile } from "node:fs/promises";
import { gunzipSync, gzipSync } from "node:zlib";
import { parseSnapshot, SnapshotError } from "../diff/parseSnapshot.ts";
import { snapshotBytes } from "../diff/snapshotDigest.ts";
import type { Snapshot } from "../model/drift.ts";
import { UsageError } from "./terminal.ts";

/** Far above the largest server that was measured; what unpacks to more is no snapshot. */
const maxBytes = 400_000_000;

/** @throws UsageError for a file that cannot be read, is cut short, edited, of another version or no snapshot */
export async function readSnapshotFile(path: string, signal: AbortSignal): Promise<Snapshot> {
  const bytes = await bytesOf(path, signal);
  try {
    return parseSnapshot(path, isGzip(bytes) ? unzip(path, bytes) : bytes);
  } catch (error) {
    if (error instanceof SnapshotError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

/** The canonical bytes, packed when the name asks for it. */
export function snapshotFileBytes(path: string, snapshot: Snapshot): Uint8Array {
  const bytes = snapshotBytes(snapshot);
  return path.endsWith(".gz") ? gzipSync(bytes) : bytes;
}

async function bytesOf(path: string, signal: AbortSignal): Promise<Uint8Array> {
  try {
    return await readFile(path, { signal });
  } catch (error) {
    signal.throwIfAborted();
    const code = typeof error === "object" && error !== null && "code" in error ? String(error.code) : "unknown reason";
    throw new UsageError(`Snapshot ${path} cannot be read (${code}).`, { cause: error });
  }
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

function unzip(path: string, bytes: Uint8Array): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: maxBytes });
  } catch (cause) {
    throw new SnapshotError(`Snapshot ${path} is cut short or no gzip: ${bytes.length} bytes.`, { cause });
  }
}

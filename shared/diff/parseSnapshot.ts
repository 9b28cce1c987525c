import * as v from "valibot";
import type { Snapshot } from "../model/drift.ts";
import { digestOf, snapshotBytes, snapshotPartNames } from "./snapshot.ts";

const Part = v.strictObject({
  state: v.picklist(["collected", "unavailable"]),
  items: v.record(v.string(), v.unknown()),
});

/** The stored form of a snapshot. */
export const SnapshotBody = v.strictObject({
  schema: v.literal("pgwarden.snapshot/1"),
  serverId: v.pipe(v.string(), v.nonEmpty()),
  parts: v.strictObject(v.entriesFromList(snapshotPartNames, Part)),
});

const Versioned = v.looseObject({ schema: v.string() });

/** A file is no snapshot, or not the one it should be; the message says which. */
export class SnapshotError extends Error {
  override readonly name = "SnapshotError";
}

/**
 * Reads what `snapshotBytes` wrote.
 *
 * @param name of the file or blob, for messages
 * @param digest what the bytes must hash to, where somebody wrote it down
 * @throws SnapshotError for bytes that are cut short, of another version, edited, or not what the digest names
 */
export function parseSnapshot(name: string, bytes: Uint8Array, digest?: string): Snapshot {
  const value = parseJson(name, bytes);
  const versioned = v.safeParse(Versioned, value);
  if (!versioned.success) throw new SnapshotError(`Snapshot ${name} has no "schema": it is another kind of file.`);
  if (versioned.output.schema !== SnapshotBody.entries.schema.literal)
    throw new SnapshotError(
      `Snapshot ${name} has schema "${versioned.output.schema}"; this version reads "pgwarden.snapshot/1".`,
    );
  const body = v.safeParse(SnapshotBody, value);
  if (!body.success) {
    const issue = body.issues[0];
    throw new SnapshotError(
      `Snapshot ${name} was edited or is incomplete: unexpected ${v.getDotPath(issue) ?? "form"}.`,
    );
  }
  const snapshot: Snapshot = body.output;
  if (Buffer.compare(snapshotBytes(snapshot), bytes) !== 0)
    throw new SnapshotError(`Snapshot ${name} was edited: it is not in canonical form.`);
  if (digest !== undefined && digestOf(snapshot) !== digest)
    throw new SnapshotError(`Snapshot ${name} was edited: its digest is ${digestOf(snapshot)}, not ${digest}.`);
  return snapshot;
}

function parseJson(name: string, bytes: Uint8Array): unknown {
  if (bytes.length === 0) throw new SnapshotError(`Snapshot ${name} is empty.`);
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new SnapshotError(`Snapshot ${name} is cut short or no JSON: ${bytes.length} bytes.`, { cause });
  }
}

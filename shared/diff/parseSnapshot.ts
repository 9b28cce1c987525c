import * as v from "valibot";
import type { DatabaseParts, Snapshot, SnapshotEvidence, SnapshotPart } from "../model/drift.ts";
import { databasePartNames, snapshotPartNames } from "./snapshot.ts";
import { storedSnapshot, type StoredSnapshot } from "./snapshotDigest.ts";

// Hand-written guards where a snapshot is large: a schema would copy every item, and lose one named `constructor`.

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isPart(value: unknown): value is SnapshotPart {
  if (!isObject(value) || !hasExactly(value, ["items", "state"]) || !isObject(value["items"])) return false;
  return value["state"] === "collected" || value["state"] === "unavailable";
}

function isDatabases(value: unknown): value is Readonly<Record<string, DatabaseParts>> {
  return isObject(value) && Object.values(value).every((parts) => isPartsOf(databasePartNames, parts));
}

function isPartsOf(names: readonly string[], value: unknown): boolean {
  return isObject(value) && hasExactly(value, names) && names.every((name) => isPart(value[name]));
}

function hasExactly(value: object, names: readonly string[]): boolean {
  const keys = Object.keys(value);
  return keys.length === names.length && names.every((name) => Object.hasOwn(value, name));
}

function isRecordOf<T>(isMember: (member: unknown) => member is T) {
  return (value: unknown): value is Readonly<Record<string, T>> =>
    isObject(value) && Object.values(value).every(isMember);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isText);
}

const Evidence = v.strictObject({
  majorVersion: v.nullable(v.number()),
  systemIdentifier: v.nullable(v.string()),
  roleOids: v.custom<Readonly<Record<string, number>>>(isRecordOf((one): one is number => typeof one === "number")),
  membershipGrantors: v.strictObject({
    usual: v.nullable(v.string()),
    others: v.custom<Readonly<Record<string, string>>>(isRecordOf(isText)),
  }),
  aclGrantors: v.custom<Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>>(
    isRecordOf(isRecordOf(isTexts)),
  ),
  mentions: v.exactOptional(v.custom<NonNullable<SnapshotEvidence["mentions"]>>(isRecordOf(isRecordOf(isTexts)))),
});

const version = "pgwarden.snapshot/2";

const entries = {
  schema: v.literal(version),
  serverId: v.pipe(v.string(), v.nonEmpty()),
  parts: v.strictObject(v.entriesFromList(snapshotPartNames, v.custom<SnapshotPart>(isPart))),
  databases: v.custom<Readonly<Record<string, DatabaseParts>>>(isDatabases),
  volatile: Evidence,
};

/** A snapshot inside another blob, which keeps its digest. */
export const SnapshotBody = v.strictObject(entries);

/** A snapshot as a file of its own. */
const SnapshotFile = v.strictObject({ ...entries, digests: v.record(v.string(), v.string()) });

const Versioned = v.looseObject({ schema: v.string() });

/** A file is no snapshot, or not the one it should be; the message says which. */
export class SnapshotError extends Error {
  override readonly name = "SnapshotError";
}

/** Whether a value is a snapshot of an earlier version: its form is known no more, and there is nothing to compare. */
export function isOutdated(snapshot: unknown): boolean {
  return isObject(snapshot) && snapshot["schema"] === "pgwarden.snapshot/1";
}

/** What to do about a snapshot of an earlier version, as a clause. */
export const outdatedAdvice = `it has schema "pgwarden.snapshot/1", and this version compares "${version}" only; scan the server again`;

/**
 * Reads what `snapshotBytes` wrote.
 *
 * @param name of the file or blob, for messages
 * @param digest what `digestOf` must answer for it, where somebody wrote that down
 * @throws SnapshotError for bytes that are cut short, of another version, edited, or not what the digest names
 */
export function parseSnapshot(name: string, bytes: Uint8Array, digest?: string): Snapshot {
  const value = parseJson(name, bytes);
  const versioned = v.safeParse(Versioned, value);
  if (!versioned.success) throw new SnapshotError(`Snapshot ${name} has no "schema": it is another kind of file.`);
  if (isOutdated(value)) throw new SnapshotError(`Snapshot ${name} cannot be read: ${outdatedAdvice}.`);
  if (versioned.output.schema !== version)
    throw new SnapshotError(
      `Snapshot ${name} has schema "${versioned.output.schema}"; this version reads "${version}".`,
    );
  const file = v.safeParse(SnapshotFile, value);
  if (!file.success) {
    const issue = file.issues[0];
    throw new SnapshotError(
      `Snapshot ${name} was edited or is incomplete: unexpected ${v.getDotPath(issue) ?? "form"}.`,
    );
  }
  const { digests, ...snapshot } = file.output;
  const stored = storedForm(name, snapshot);
  expectDigests(name, stored.digests, digests, digest);
  if (Buffer.compare(stored.bytes, bytes) !== 0)
    throw new SnapshotError(`Snapshot ${name} was edited: it is not in canonical form.`);
  return snapshot;
}

/** JSON.parse reads numbers that JSON cannot write: they were never ours. */
function storedForm(name: string, snapshot: Snapshot): StoredSnapshot {
  try {
    return storedSnapshot(snapshot);
  } catch (cause) {
    throw new SnapshotError(`Snapshot ${name} was edited: it holds a value that no snapshot has.`, { cause });
  }
}

function expectDigests(
  name: string,
  actual: Readonly<Record<string, string>>,
  given: Readonly<Record<string, string>>,
  digest: string | undefined,
): void {
  const edited = [...new Set([...Object.keys(actual), ...Object.keys(given)])].find(
    (key) => given[key] !== actual[key],
  );
  if (edited !== undefined)
    throw new SnapshotError(
      `Snapshot ${name} was edited: ${edited} has digest ${actual[edited] ?? "none"}, not ${given[edited] ?? "none"}.`,
    );
  const whole = actual["snapshot"] ?? "";
  if (digest !== undefined && whole !== digest)
    throw new SnapshotError(`Snapshot ${name} is another one: its digest is ${whole}, not ${digest}.`);
}

function parseJson(name: string, bytes: Uint8Array): unknown {
  if (bytes.length === 0) throw new SnapshotError(`Snapshot ${name} is empty.`);
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new SnapshotError(`Snapshot ${name} is cut short or no JSON: ${bytes.length} bytes.`, { cause });
  }
}

import { subjectOf } from "../controls/control.ts";
import type { Snapshot, SnapshotPart } from "../model/drift.ts";
import { canonicalJson, canonicalSha256, joinedJson, sha256 } from "./canonical.ts";

type Texts = Readonly<Record<string, string>>;

/** A snapshot of a large server has megabytes: each part is put into words once. */
interface SnapshotTexts {
  readonly parts: Texts;
  readonly databases: Readonly<Record<string, Texts>>;
}

function textsOf({ parts, databases }: Snapshot): SnapshotTexts {
  const named = Object.entries(databases).map(([database, one]) => [database, partTexts(one)] as const);
  return { parts: partTexts(parts), databases: Object.fromEntries(named) };
}

function partTexts(parts: Readonly<Record<string, SnapshotPart>>): Texts {
  return Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, canonicalJson(part)]));
}

/** SHA-256 hex of every part by name: `roles`, `database/shop/acls`. Two parts with one digest hold the same. */
export function digestsOf({ parts, databases }: Snapshot): Readonly<Record<string, string>> {
  return digestsBy(canonicalSha256, parts, databases);
}

/** @param digest of one part, or of its text */
function digestsBy<P>(
  digest: (part: P) => string,
  parts: Readonly<Record<string, P>>,
  databases: Readonly<Record<string, Readonly<Record<string, P>>>>,
): Readonly<Record<string, string>> {
  const server = Object.entries(parts).map(([name, part]) => [name, digest(part)] as const);
  const others = Object.entries(databases).flatMap(([database, own]) =>
    Object.entries(own).map(([name, part]) => [subjectOf("database", database, name), digest(part)] as const),
  );
  return Object.fromEntries([...server, ...others]);
}

/** SHA-256 hex over the digests of all parts: what an approval names. The evidence beside the parts is not in it. */
export function digestOf(snapshot: Snapshot): string {
  return wholeDigest(snapshot, digestsOf(snapshot));
}

function wholeDigest({ schema, serverId }: Snapshot, digests: Texts): string {
  return canonicalSha256({ schema, serverId, digests });
}

/** A snapshot as it is stored, with the digests that it is stored with. */
export interface StoredSnapshot {
  readonly bytes: Uint8Array;
  /** Of every part, of the whole (`snapshot`) and of the evidence (`volatile`): an edit of one of them is seen. */
  readonly digests: Readonly<Record<string, string>>;
}

export function storedSnapshot(snapshot: Snapshot): StoredSnapshot {
  const texts = textsOf(snapshot);
  const volatile = canonicalJson(snapshot.volatile);
  const parts = digestsBy(sha256, texts.parts, texts.databases);
  const digests = { ...parts, snapshot: wholeDigest(snapshot, parts), volatile: sha256(volatile) };
  const databases = Object.entries(texts.databases).map(([name, one]) => [name, joinedJson(one)] as const);
  const text = joinedJson({
    schema: canonicalJson(snapshot.schema),
    serverId: canonicalJson(snapshot.serverId),
    parts: joinedJson(texts.parts),
    databases: joinedJson(Object.fromEntries(databases)),
    volatile,
    digests: canonicalJson(digests),
  });
  return { bytes: new TextEncoder().encode(`${text}\n`), digests };
}

/** Byte for byte the same for an unchanged server, whatever order its rows came in. */
export function snapshotBytes(snapshot: Snapshot): Uint8Array {
  return storedSnapshot(snapshot).bytes;
}

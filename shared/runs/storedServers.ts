import pLimit from "p-limit";
import { type LatestState, serverKey } from "../publish/stateBlobs.ts";
import type { StateStore } from "../publish/stateStore.ts";
import { readLatest } from "./runState.ts";

/** What the last scan of a server left in the state. */
export interface StoredServer {
  /** As in blob names. */
  readonly key: string;
  readonly latest: LatestState;
}

/** A snapshot of a large server has several megabytes: few are in memory at a time. */
const readConcurrency = 4;

const prefix = "snapshots/";

/** Where the snapshots of a server are: the newest as `latest.json`, and one per content in the order of time. */
export function snapshotFolder(key: string): string {
  return `${prefix}${key}/`;
}

/**
 * The server as it was last scanned.
 *
 * @param server its name or ARM id. A name is unique in Azure at any time; of a server that was re-created in another
 * resource group the one scanned last is meant
 * @returns undefined when no such server was ever scanned
 */
export async function findServer(
  server: string,
  store: StateStore,
  signal: AbortSignal,
): Promise<StoredServer | undefined> {
  const keys = server.includes("/") ? [serverKey(server)] : await keysOf(server.toLowerCase(), store, signal);
  const found: StoredServer[] = [];
  for (const key of keys) {
    const latest = await readLatest(store, key, signal);
    if (latest !== undefined) found.push({ key, latest: latest.value });
  }
  return found.toSorted((left, right) => (left.latest.takenAt < right.latest.takenAt ? 1 : -1))[0];
}

/** Every server that was ever scanned, as `pick` wants it, by name. Only what `pick` keeps stays in memory. */
export async function storedServers<T>(
  pick: (server: StoredServer) => T | Promise<T>,
  store: StateStore,
  signal: AbortSignal,
): Promise<readonly T[]> {
  return await pickEach(keysIn(await store.list(prefix, signal)), pick, store, signal);
}

export interface PageOfServers {
  readonly top: number;
  /** The key of the last server of the page before; null: from the first. */
  readonly after: string | null;
}

/**
 * As `storedServers`, `top` at a time, by key: a server that comes or goes between two pages moves no other one.
 *
 * @returns `next` is the `after` of the next page, null when this was the last
 */
export async function pageOfServers<T>(
  { top, after }: PageOfServers,
  pick: (server: StoredServer) => T | Promise<T>,
  store: StateStore,
  signal: AbortSignal,
): Promise<{ readonly picked: readonly T[]; readonly next: string | null }> {
  const keys = keysIn(await store.list(prefix, signal)).filter((key) => after === null || key > after);
  const picked = await pickEach(keys.slice(0, top), pick, store, signal);
  return { picked, next: keys.length > top ? (keys[top - 1] ?? null) : null };
}

async function pickEach<T>(
  keys: readonly string[],
  pick: (server: StoredServer) => T | Promise<T>,
  store: StateStore,
  signal: AbortSignal,
): Promise<readonly T[]> {
  const limit = pLimit(readConcurrency);
  const picked = await Promise.all(
    keys.map((key) =>
      limit(async () => {
        const latest = await readLatest(store, key, signal);
        return latest === undefined ? [] : [await pick({ key, latest: latest.value })];
      }),
    ),
  );
  return picked.flat();
}

/** @param name lower case; anything that no server can be called finds nothing */
async function keysOf(name: string, store: StateStore, signal: AbortSignal): Promise<readonly string[]> {
  if (!/^[a-z0-9][a-z0-9-]*$/.test(name)) return [];
  const keys = keysIn(await store.list(`${prefix}${name}-`, signal));
  // `orders-` begins the key of a server orders-eu too; the digits of the id end it.
  return keys.filter((key) => key.slice(0, -"-01234567".length) === name);
}

/** Keys of servers that have a newest snapshot, from the names of blobs, sorted. */
function keysIn(names: readonly string[]): readonly string[] {
  return names.flatMap((name) => /^snapshots\/([^/]+)\/latest\.json$/.exec(name)?.[1] ?? []).toSorted();
}

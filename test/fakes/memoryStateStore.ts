import type { StateStore } from "../../shared/publish/stateStore.ts";

/** Blobs in memory, with the conditions of Blob Storage. */
export interface MemoryStateStore extends StateStore {
  readonly blobs: Map<string, { readonly bytes: Uint8Array; readonly etag: string }>;
  /** While set, every call is rejected with it, as storage that cannot be reached. */
  fault: Error | undefined;
}

export function memoryStateStore(): MemoryStateStore {
  let version = 0;
  const store: MemoryStateStore = {
    blobs: new Map(),
    fault: undefined,

    read(name, signal) {
      return answer(signal, () => store.blobs.get(name));
    },

    write(name, bytes, condition, signal) {
      return answer(signal, () => {
        const known = store.blobs.get(name);
        if (condition === "create" && known !== undefined) return "conflict";
        if (typeof condition === "object" && known?.etag !== condition.ifMatch) return "conflict";
        version += 1;
        store.blobs.set(name, { bytes: bytes.slice(), etag: `"${version}"` });
        return "written";
      });
    },

    list(prefix, signal) {
      return answer(signal, () => [...store.blobs.keys()].filter((name) => name.startsWith(prefix)).sort());
    },

    remove(name, signal) {
      return answer(signal, () => {
        store.blobs.delete(name);
      });
    },
  };

  async function answer<T>(signal: AbortSignal, act: () => T): Promise<T> {
    await Promise.resolve();
    signal.throwIfAborted();
    if (store.fault !== undefined) throw store.fault;
    return act();
  }

  return store;
}

import type { AppendStore } from "../../shared/publish/stateStore.ts";

/** Append blobs in memory, with the position condition. */
export interface MemoryAppendStore extends AppendStore {
  readonly blobs: Map<string, Uint8Array>;
  /** Runs before each append, while other writers may act. */
  beforeAppend: (() => Promise<void>) | undefined;
  text(name: string): string;
  setText(name: string, text: string): void;
}

export function memoryAppendStore(): MemoryAppendStore {
  const store: MemoryAppendStore = {
    blobs: new Map(),
    beforeAppend: undefined,

    async read(name, signal) {
      await Promise.resolve();
      signal.throwIfAborted();
      return store.blobs.get(name);
    },

    async append(name, bytes, position, signal) {
      await Promise.resolve();
      signal.throwIfAborted();
      await store.beforeAppend?.();
      const known = store.blobs.get(name) ?? new Uint8Array();
      if (known.length !== position) return "conflict";
      store.blobs.set(name, new Uint8Array([...known, ...bytes]));
      return "appended";
    },

    async list(prefix, signal) {
      await Promise.resolve();
      signal.throwIfAborted();
      return [...store.blobs.keys()].filter((name) => name.startsWith(prefix)).sort();
    },

    text(name) {
      return new TextDecoder().decode(store.blobs.get(name) ?? new Uint8Array());
    },

    setText(name, text) {
      store.blobs.set(name, new TextEncoder().encode(text));
    },
  };
  return store;
}

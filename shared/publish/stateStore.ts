export interface StoredBlob {
  readonly bytes: Uint8Array;
  readonly etag: string;
}

/** `create`: only when there is none. `{ ifMatch }`: only over exactly that version. `replace`: whatever is there. */
export type WriteCondition = "create" | "replace" | { readonly ifMatch: string };

/** Blobs of the state container. A write is whole or not at all. */
export interface StateStore {
  read(name: string, signal: AbortSignal): Promise<StoredBlob | undefined>;
  /** `conflict` when the condition did not hold; nothing was written then. */
  write(
    name: string,
    bytes: Uint8Array,
    condition: WriteCondition,
    signal: AbortSignal,
  ): Promise<"written" | "conflict">;
  /** Names below a prefix, ascending. */
  list(prefix: string, signal: AbortSignal): Promise<readonly string[]>;
  /** Removing what is not there is no error. */
  remove(name: string, signal: AbortSignal): Promise<void>;
}

/** Append blobs of the audit container. */
export interface AppendStore {
  read(name: string, signal: AbortSignal): Promise<Uint8Array | undefined>;
  /** Appends at exactly `position` bytes, or answers `conflict` and appends nothing. */
  append(name: string, bytes: Uint8Array, position: number, signal: AbortSignal): Promise<"appended" | "conflict">;
  list(prefix: string, signal: AbortSignal): Promise<readonly string[]>;
}

import type { ContainerClient } from "@azure/storage-blob";
import type { AppendStore } from "../publish/stateStore.ts";
import { listBlobs, readBlob } from "./stateStore.ts";
import { hasCode, storageFault } from "./storageFault.ts";

/** Append blobs of one container. The service keeps at most 50,000 appends per blob. */
export function appendStore(container: ContainerClient): AppendStore {
  const place = container.containerName;

  async function appendBlock(name: string, bytes: Uint8Array, position: number, signal: AbortSignal): Promise<void> {
    await container.getAppendBlobClient(name).appendBlock(bytes, bytes.byteLength, {
      conditions: { appendPosition: position },
      abortSignal: signal,
    });
  }

  async function createBlob(name: string, signal: AbortSignal): Promise<void> {
    try {
      // never over an existing blob: that would empty it
      await container.getAppendBlobClient(name).create({ conditions: { ifNoneMatch: "*" }, abortSignal: signal });
    } catch (error) {
      if (!hasCode(error, "BlobAlreadyExists")) throw error;
    }
  }

  async function appendOrCreate(name: string, bytes: Uint8Array, position: number, signal: AbortSignal): Promise<void> {
    try {
      await appendBlock(name, bytes, position, signal);
    } catch (error) {
      if (position !== 0 || !hasCode(error, "BlobNotFound", "ContainerNotFound")) throw error;
      // Only where it is missing: in Azure it is there, and whoever may only append must not ask for it.
      if (hasCode(error, "ContainerNotFound")) await container.createIfNotExists({ abortSignal: signal });
      await createBlob(name, signal);
      await appendBlock(name, bytes, position, signal);
    }
  }

  /** An append whose answer got lost is sent again by the SDK and then refused: what stands there tells. */
  async function isThere(name: string, bytes: Uint8Array, position: number, signal: AbortSignal): Promise<boolean> {
    const blob = await readBlob(container, name, signal);
    if (blob === undefined) return false;
    return Buffer.compare(blob.bytes.subarray(position, position + bytes.byteLength), bytes) === 0;
  }

  return {
    async read(name, signal) {
      try {
        return (await readBlob(container, name, signal))?.bytes;
      } catch (error) {
        throw storageFault(`Blob ${name} of container ${place} was not read.`, error, signal);
      }
    },

    async append(name, bytes, position, signal) {
      try {
        signal.throwIfAborted();
        return await appendOrCreate(name, bytes, position, signal).then(
          () => "appended",
          async (error: unknown) => {
            if (!hasCode(error, ...movedOn)) throw error;
            return (await isThere(name, bytes, position, signal)) ? "appended" : "conflict";
          },
        );
      } catch (error) {
        throw storageFault(`Blob ${name} of container ${place} was not appended to.`, error, signal);
      }
    },

    async list(prefix, signal) {
      try {
        return await listBlobs(container, prefix, signal);
      } catch (error) {
        throw storageFault(`Blobs below ${prefix} of container ${place} were not listed.`, error, signal);
      }
    },
  };
}

/** The blob does not end at the position: it is longer, shorter, or not there. */
const movedOn = ["AppendPositionConditionNotMet", "BlobNotFound", "ContainerNotFound"] as const;

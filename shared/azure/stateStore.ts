import type { ContainerClient } from "@azure/storage-blob";
import type { StateStore, StoredBlob, WriteCondition } from "../publish/stateStore.ts";
import { hasCode, storageFault } from "./storageFault.ts";

/**
 * Blobs of one container, each written by one request, so a write is whole or not at all.
 *
 * @param newId unique per call; marks each write, so that one whose answer got lost and that the SDK sent again is
 *   recognised as ours and not taken for a conflict
 */
export function stateStore(container: ContainerClient, newId: () => string): StateStore {
  const place = container.containerName;

  async function isOurs(name: string, writeId: string, signal: AbortSignal): Promise<boolean> {
    try {
      const { metadata } = await container.getBlobClient(name).getProperties({ abortSignal: signal });
      return metadata?.["writeid"] === writeId;
    } catch (error) {
      if (hasCode(error, "BlobNotFound", "ContainerNotFound") || isMissing(error)) return false;
      throw error;
    }
  }

  async function upload(
    name: string,
    bytes: Uint8Array,
    condition: WriteCondition,
    signal: AbortSignal,
  ): Promise<"written" | "conflict"> {
    const writeId = newId();
    try {
      await container.getBlockBlobClient(name).upload(bytes, bytes.byteLength, {
        conditions: conditionsOf(condition),
        metadata: { writeid: writeId },
        abortSignal: signal,
      });
      return "written";
    } catch (error) {
      // a blob to be replaced that is gone answers BlobNotFound in some versions of the service
      if (!hasCode(error, "BlobAlreadyExists", "ConditionNotMet", "BlobNotFound")) throw error;
      return (await isOurs(name, writeId, signal)) ? "written" : "conflict";
    }
  }

  return {
    async read(name, signal) {
      try {
        return await readBlob(container, name, signal);
      } catch (error) {
        throw storageFault(`Blob ${name} of container ${place} was not read.`, error, signal);
      }
    },

    async write(name, bytes, condition, signal) {
      try {
        signal.throwIfAborted();
        return await upload(name, bytes, condition, signal).catch(async (error: unknown) => {
          if (!hasCode(error, "ContainerNotFound")) throw error;
          await container.createIfNotExists({ abortSignal: signal });
          return upload(name, bytes, condition, signal);
        });
      } catch (error) {
        throw storageFault(`Blob ${name} of container ${place} was not written.`, error, signal);
      }
    },

    async list(prefix, signal) {
      try {
        return await listBlobs(container, prefix, signal);
      } catch (error) {
        throw storageFault(`Blobs below ${prefix} of container ${place} were not listed.`, error, signal);
      }
    },

    async remove(name, signal) {
      try {
        await container.getBlobClient(name).delete({ deleteSnapshots: "include", abortSignal: signal });
      } catch (error) {
        if (hasCode(error, "BlobNotFound", "ContainerNotFound")) return;
        throw storageFault(`Blob ${name} of container ${place} was not removed.`, error, signal);
      }
    },
  };
}

function conditionsOf(condition: WriteCondition): { readonly ifNoneMatch?: string; readonly ifMatch?: string } {
  if (condition === "create") return { ifNoneMatch: "*" };
  if (condition === "replace") return {};
  return condition;
}

/** HEAD has no body, hence no code. */
function isMissing(error: unknown): boolean {
  return typeof error === "object" && error !== null && "statusCode" in error && error.statusCode === 404;
}

/** Undefined when there is no such blob. One version of it: a download that is resumed asks for the same ETag. */
export async function readBlob(
  container: ContainerClient,
  name: string,
  signal: AbortSignal,
): Promise<StoredBlob | undefined> {
  try {
    const { etag, readableStreamBody } = await container
      .getBlobClient(name)
      .download(0, undefined, { abortSignal: signal });
    if (etag === undefined || readableStreamBody === undefined) throw new Error("The answer has no body or no ETag.");
    const chunks: Buffer[] = [];
    for await (const chunk of readableStreamBody) chunks.push(Buffer.from(chunk));
    return { bytes: Buffer.concat(chunks), etag };
  } catch (error) {
    if (hasCode(error, "BlobNotFound", "ContainerNotFound")) return undefined;
    throw error;
  }
}

/** Names below a prefix, in ascending order of their code units. */
export async function listBlobs(
  container: ContainerClient,
  prefix: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const names: string[] = [];
  try {
    for await (const { name } of container.listBlobsFlat({ prefix, abortSignal: signal })) names.push(name);
  } catch (error) {
    if (!hasCode(error, "ContainerNotFound")) throw error;
  }
  return names.sort();
}

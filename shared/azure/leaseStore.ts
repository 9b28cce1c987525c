import type { BlobClient, BlobLeaseClient, ContainerClient } from "@azure/storage-blob";
import type { Lease, LeaseStore } from "../rotate/ports.ts";
import { RotationError } from "../rotate/rotationError.ts";
import { hasCode } from "./storageFault.ts";

/** Somebody else has the blob's lease, or had it in between. */
const lost = [
  "LeaseAlreadyPresent",
  "LeaseIdMismatchWithLeaseOperation",
  "LeaseIsBreakingAndCannotBeAcquired",
  "LeaseIsBrokenAndCannotBeRenewed",
  "LeaseLost",
  "LeaseNotPresentWithLeaseOperation",
];

const missing = ["BlobNotFound", "ContainerNotFound"];

/**
 * Leases on the blobs `locks/<name>` of the state container. A lease is a hint that spares two workers a meeting at the
 * database's advisory lock, which is what decides: storage that refuses or cannot be reached gives one that always holds.
 */
export function leaseStore(container: ContainerClient): LeaseStore {
  async function make(blob: BlobClient, signal: AbortSignal): Promise<void> {
    await container.createIfNotExists({ abortSignal: signal });
    try {
      await blob.getBlockBlobClient().upload("", 0, { conditions: { ifNoneMatch: "*" }, abortSignal: signal });
    } catch (error) {
      // Another worker was faster, and may even hold its lease by now.
      if (!hasCode(error, "BlobAlreadyExists", "LeaseIdMissing")) throw error;
    }
  }

  async function take(blob: BlobClient, lease: BlobLeaseClient, seconds: number, signal: AbortSignal): Promise<void> {
    try {
      await lease.acquireLease(seconds, { abortSignal: signal });
    } catch (error) {
      if (!hasCode(error, ...missing)) throw error;
      await make(blob, signal);
      await lease.acquireLease(seconds, { abortSignal: signal });
    }
  }

  /** The blob was deleted under the lease: whoever makes it anew and takes its lease goes on. */
  async function retake(
    blob: BlobClient,
    lease: BlobLeaseClient,
    seconds: number,
    signal: AbortSignal,
  ): Promise<boolean> {
    try {
      await take(blob, lease, seconds, signal);
      return true;
    } catch (error) {
      checkTime(blob.name, signal);
      return !hasCode(error, ...lost);
    }
  }

  return {
    async acquire(name, seconds, signal) {
      const blob = container.getBlobClient(`locks/${name}`);
      // With an id of its own from the start: an acquisition that is sent again is recognised as the same one.
      const lease = blob.getBlobLeaseClient();
      try {
        checkTime(name, signal);
        await take(blob, lease, seconds, signal);
      } catch (error) {
        if (error instanceof RotationError) throw error;
        checkTime(name, signal);
        return hasCode(error, ...lost) ? undefined : unkept;
      }
      return {
        async renew(signal) {
          try {
            checkTime(name, signal);
            await lease.renewLease({ abortSignal: signal });
            return true;
          } catch (error) {
            if (error instanceof RotationError) throw error;
            checkTime(name, signal);
            return hasCode(error, ...missing) ? retake(blob, lease, seconds, signal) : !hasCode(error, ...lost);
          }
        },
        async release(signal) {
          await lease.releaseLease({ abortSignal: signal }).catch(() => undefined); // it ends by itself
        },
      };
    },
  };
}

/** In place of a lease that storage did not give for reasons of its own. */
const unkept: Lease = { renew: () => Promise.resolve(true), release: () => Promise.resolve() };

function checkTime(name: string, signal: AbortSignal): void {
  if (!signal.aborted) return;
  const message = `The time for this run was over before the lease of ${name} was settled.`;
  throw new RotationError(message, { code: "DEADLINE", effect: "none" });
}

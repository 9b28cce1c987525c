import { ContainerClient, type StoragePipelineOptions } from "@azure/storage-blob";
import type { TokenCredential } from "@azure/core-auth";

/**
 * Tries of one request, the first included: with the SDK's back-off an unreachable service is told after some ten
 * seconds, and not after the half minute of its default.
 */
export const storageRetries = { maxTries: 3, retryDelayInMs: 500, maxRetryDelayInMs: 4000 } as const;

/** @param endpoint blob service, `https://<account>.blob.core.windows.net` or with the account as path */
export function blobContainer(
  endpoint: string,
  credential: TokenCredential,
  name: string,
  options: StoragePipelineOptions = {},
): ContainerClient {
  return new ContainerClient(`${endpoint}/${name}`, credential, { retryOptions: storageRetries, ...options });
}

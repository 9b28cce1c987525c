import type { TokenCredential } from "@azure/core-auth";
import { QueueServiceClient, type StoragePipelineOptions } from "@azure/storage-queue";
import { storageRetries } from "./blobContainer.ts";

/** @param endpoint queue service, `https://<account>.queue.core.windows.net` or with the account as path */
export function queueService(
  endpoint: string,
  credential: TokenCredential,
  options: StoragePipelineOptions = {},
): QueueServiceClient {
  return new QueueServiceClient(endpoint, credential, { retryOptions: storageRetries, ...options });
}

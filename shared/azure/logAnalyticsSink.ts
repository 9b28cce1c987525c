import type { TokenCredential } from "@azure/core-auth";
import { LogsIngestionClient, type LogsIngestionClientOptions } from "@azure/monitor-ingestion";
import { DeliveryError } from "../publish/deliveryError.ts";
import type { Sink } from "../publish/sink.ts";
import { azureFault } from "./azureFault.ts";

/** Once more for a stumble; an outage is what the spool is for, and no scan should wait for its end. */
const retryOptions = { maxRetries: 1, retryDelayInMs: 500, maxRetryDelayInMs: 5_000 };

/** @param endpoint logs ingestion endpoint of the data collection rule or endpoint */
export function ingestionClient(
  endpoint: string,
  credential: TokenCredential,
  options: LogsIngestionClientOptions = {},
): LogsIngestionClient {
  return new LogsIngestionClient(endpoint, credential, { retryOptions, ...options });
}

/**
 * @param client narrowed to the one method in use, so a fake needs one method too
 * @param ruleId immutable id of the data collection rule, `dcr-…`
 */
export function logAnalyticsSink(client: Pick<LogsIngestionClient, "upload">, ruleId: string): Sink {
  const name = "log-analytics";
  return {
    name,
    async deliver({ id, stream, rows }, signal) {
      try {
        signal.throwIfAborted();
        await client.upload(ruleId, stream, [...rows], { maxConcurrency: 1, abortSignal: signal });
        // The SDK may resolve an aborted upload with rows unsent. To deliver a chunk again is harmless.
        signal.throwIfAborted();
      } catch (error) {
        const cause = azureFault(error);
        const message = `Stream ${stream} did not accept a chunk of ${rows.length} rows.`;
        throw new DeliveryError(message, { sink: name, chunkId: id, status: cause.statusCode ?? null, cause });
      }
    },
  };
}

import type { QueueServiceClient } from "@azure/storage-queue";
import { hasCode, storageFault } from "./storageFault.ts";

export interface ReceivedMessage {
  readonly id: string;
  /** Changes with every receipt; only the latest one may remove or release the message. */
  readonly popReceipt: string;
  /** How often it was handed out, this time included. */
  readonly dequeueCount: number;
  /** What the Functions worker would hand to a handler: parsed JSON, or the text where it is none. */
  readonly body: unknown;
}

export interface MessageQueue {
  /** @param options `delaySeconds`: the message appears later, at most after seven days */
  send(queue: string, message: object, options: { readonly delaySeconds?: number }, signal: AbortSignal): Promise<void>;
  /** At most `count` (1 to 32) messages, hidden from others for `lockSeconds`; none when there is no such queue. */
  receive(queue: string, count: number, lockSeconds: number, signal: AbortSignal): Promise<readonly ReceivedMessage[]>;
  /** `lost`: somebody else has received the message in the meantime, or it is gone. */
  remove(queue: string, message: ReceivedMessage, signal: AbortSignal): Promise<"removed" | "lost">;
  /** Hands the message out again after `delaySeconds`. */
  release(
    queue: string,
    message: ReceivedMessage,
    delaySeconds: number,
    signal: AbortSignal,
  ): Promise<"released" | "lost">;
}

/** The service takes 64 KiB of base64. */
const maxMessageBytes = 48 * 1024;

/** The receipt is older than the latest one, or the message has gone. */
const lost = ["MessageNotFound", "PopReceiptMismatch"] as const;

/** Messages as the Functions host reads and writes them: JSON in base64. */
export function messageQueue(service: QueueServiceClient): MessageQueue {
  return {
    async send(queue, message, { delaySeconds = 0 }, signal) {
      const bytes = Buffer.from(JSON.stringify(message));
      if (bytes.byteLength > maxMessageBytes) {
        throw new RangeError(`A message to queue ${queue} has ${bytes.byteLength} bytes; allowed: ${maxMessageBytes}.`);
      }
      const client = service.getQueueClient(queue);
      const options = { visibilityTimeout: delaySeconds, abortSignal: signal };
      try {
        signal.throwIfAborted();
        await client.sendMessage(bytes.toString("base64"), options).catch(async (error: unknown) => {
          if (!hasCode(error, "QueueNotFound")) throw error;
          await client.createIfNotExists({ abortSignal: signal });
          await client.sendMessage(bytes.toString("base64"), options);
        });
      } catch (error) {
        throw storageFault(`A message was not sent to queue ${queue}.`, error, signal);
      }
    },

    async receive(queue, count, lockSeconds, signal) {
      try {
        const { receivedMessageItems } = await service
          .getQueueClient(queue)
          .receiveMessages({ numberOfMessages: count, visibilityTimeout: lockSeconds, abortSignal: signal });
        return receivedMessageItems.map(({ messageId, popReceipt, dequeueCount, messageText }) => {
          return { id: messageId, popReceipt, dequeueCount, body: bodyOf(messageText) };
        });
      } catch (error) {
        if (hasCode(error, "QueueNotFound")) return [];
        throw storageFault(`Messages of queue ${queue} were not received.`, error, signal);
      }
    },

    async remove(queue, { id, popReceipt }, signal) {
      try {
        await service.getQueueClient(queue).deleteMessage(id, popReceipt, { abortSignal: signal });
        return "removed";
      } catch (error) {
        if (hasCode(error, ...lost)) return "lost";
        throw storageFault(`A message of queue ${queue} was not removed.`, error, signal);
      }
    },

    async release(queue, { id, popReceipt }, delaySeconds, signal) {
      try {
        const client = service.getQueueClient(queue);
        await client.updateMessage(id, popReceipt, undefined, delaySeconds, { abortSignal: signal });
        return "released";
      } catch (error) {
        if (hasCode(error, ...lost)) return "lost";
        throw storageFault(`A message of queue ${queue} was not released.`, error, signal);
      }
    },
  };
}

function bodyOf(messageText: string): unknown {
  const bytes = Buffer.from(messageText, "base64");
  // Node skips what is no base64; a text that does not come back unchanged was none
  const text = bytes.toString("base64") === messageText ? bytes.toString("utf8") : messageText;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

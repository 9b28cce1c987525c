import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { messageQueue, type MessageQueue, type ReceivedMessage } from "../../shared/azure/messageQueue.ts";
import { queueService } from "../../shared/azure/queueService.ts";
import { deadEndpoint, startRealStorage, type RealStorage } from "./realStorage.ts";

const { signal } = new AbortController();
let storage: RealStorage;
let messages: MessageQueue;

beforeAll(async () => {
  storage = await startRealStorage();
  messages = messageQueue(queueService(storage.queueEndpoint, storage.identity));
});

afterAll(async () => {
  await storage.stop();
});

function newQueue(): string {
  return `q-${randomUUID()}`;
}

async function receiveOne(queue: string, lockSeconds = 30): Promise<ReceivedMessage> {
  const [message] = await messages.receive(queue, 1, lockSeconds, signal);
  if (message === undefined) throw new Error(`Queue ${queue} has no message.`);
  return message;
}

describe("messageQueue", () => {
  it("brings a message from one end to the other", async () => {
    const queue = newQueue();
    const body = { v: 1, runId: "r1", server: "größe 'x'", reason: "timer" };

    await messages.send(queue, body, {}, signal);
    const message = await receiveOne(queue);

    expect(message).toMatchObject({ body, dequeueCount: 1 });
    await expect(messages.remove(queue, message, signal)).resolves.toBe("removed");
    await expect(messages.receive(queue, 32, 30, signal)).resolves.toEqual([]);
  });

  it("writes what the Functions host reads: JSON in base64", async () => {
    const queue = newQueue();
    await messages.send(queue, { v: 1 }, {}, signal);

    const client = queueService(storage.queueEndpoint, storage.identity).getQueueClient(queue);
    const { peekedMessageItems } = await client.peekMessages();

    expect(peekedMessageItems.map(({ messageText }) => messageText)).toEqual([
      Buffer.from('{"v":1}').toString("base64"),
    ]);
  });

  it("hides a message while it is locked, counts, and hands it out again", async () => {
    const queue = newQueue();
    await messages.send(queue, { v: 1 }, {}, signal);

    const first = await receiveOne(queue);
    await expect(messages.receive(queue, 1, 30, signal)).resolves.toEqual([]);
    await expect(messages.release(queue, first, 0, signal)).resolves.toBe("released");
    const second = await receiveOne(queue);

    expect(second).toMatchObject({ id: first.id, dequeueCount: 2 });
    await expect(messages.remove(queue, first, signal)).resolves.toBe("lost");
    await expect(messages.release(queue, first, 0, signal)).resolves.toBe("lost");
    await expect(messages.remove(queue, second, signal)).resolves.toBe("removed");
    await expect(messages.remove(queue, second, signal)).resolves.toBe("lost");
  });

  it("lets a delayed message appear later", async () => {
    const queue = newQueue();
    await messages.send(queue, { v: 1 }, { delaySeconds: 1 }, signal);

    await expect(messages.receive(queue, 1, 30, signal)).resolves.toEqual([]);
    await sleep(1500);
    await expect(messages.receive(queue, 1, 30, signal)).resolves.toHaveLength(1);
  });

  it("makes one queue for many first senders", async () => {
    const queue = newQueue();

    await Promise.all(Array.from({ length: 6 }, (_, n) => messages.send(queue, { n }, {}, signal)));

    const bodies = (await messages.receive(queue, 32, 30, signal)).map(({ body }) => body);
    expect(bodies).toHaveLength(6);
    expect(bodies).toEqual(expect.arrayContaining([{ n: 0 }, { n: 5 }]));
  });

  it("finds nothing in a queue that nobody has made", async () => {
    await expect(messages.receive(newQueue(), 1, 30, signal)).resolves.toEqual([]);
  });

  it.each([
    ["base64 of no JSON", Buffer.from("hello").toString("base64"), "hello"],
    ["no base64", "{not json}", "{not json}"],
    ["JSON without base64", '{"id":"event"}', { id: "event" }],
    ["a number", Buffer.from("123").toString("base64"), 123],
  ])("hands out what others sent as the Functions worker does: %s", async (_, text, body) => {
    const queue = newQueue();
    const client = queueService(storage.queueEndpoint, storage.identity).getQueueClient(queue);
    await client.create();
    await client.sendMessage(text);

    expect((await receiveOne(queue)).body).toEqual(body);
  });

  it("takes 48 KiB and refuses a byte more", async () => {
    const queue = newQueue();
    const frame = JSON.stringify({ text: "" }).length;

    await messages.send(queue, { text: "x".repeat(48 * 1024 - frame) }, {}, signal);

    await expect(messages.send(queue, { text: "x".repeat(48 * 1024 - frame + 1) }, {}, signal)).rejects.toThrow(
      `A message to queue ${queue} has 49153 bytes; allowed: 49152.`,
    );
  });

  it("says what was not done when storage cannot be reached", async () => {
    const quick = { retryOptions: { maxTries: 1 } };
    const dead = messageQueue(queueService(await deadEndpoint(), storage.identity, quick));
    const message = { id: "1", popReceipt: "2", dequeueCount: 1, body: {} };

    await expect(dead.send("scan-server", {}, {}, signal)).rejects.toThrow(
      "A message was not sent to queue scan-server. The service cannot be reached (ECONNREFUSED).",
    );
    await expect(dead.receive("scan-server", 1, 30, signal)).rejects.toThrow("were not received");
    await expect(dead.remove("scan-server", message, signal)).rejects.toThrow("was not removed");
    await expect(dead.release("scan-server", message, 0, signal)).rejects.toThrow("was not released");
  });

  it("ends with its signal's reason", async () => {
    const reason = new Error("The deadline has passed.");

    await expect(messages.send(newQueue(), {}, {}, AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});

import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { appendStore } from "../../shared/azure/appendStore.ts";
import { blobContainer } from "../../shared/azure/blobContainer.ts";
import type { AppendStore } from "../../shared/publish/stateStore.ts";
import { deadEndpoint, losingProxy, startRealStorage, type RealStorage } from "./realStorage.ts";

const { signal } = new AbortController();
const quick = { retryOptions: { maxTries: 2, retryDelayInMs: 10, maxRetryDelayInMs: 20 } };
const name = "audit/orders/2026-11.jsonl";
let storage: RealStorage;

beforeAll(async () => {
  storage = await startRealStorage();
});

afterAll(async () => {
  await storage.stop();
});

function newStore(endpoint = storage.blobEndpoint, container = `a-${randomUUID()}`): AppendStore {
  return appendStore(blobContainer(endpoint, storage.identity, container, quick));
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

async function textOf(store: AppendStore): Promise<string | undefined> {
  const content = await store.read(name, signal);
  return content === undefined ? undefined : new TextDecoder().decode(content);
}

describe("appendStore", () => {
  it("finds nothing before the first append", async () => {
    const store = newStore();

    await expect(store.read(name, signal)).resolves.toBeUndefined();
    await expect(store.list("audit/", signal)).resolves.toEqual([]);
  });

  it("asks for no container that is there: whoever may only append must not", async () => {
    const container = blobContainer(storage.blobEndpoint, storage.identity, `a-${randomUUID()}`, quick);
    await container.create();
    container.createIfNotExists = () => Promise.reject(new Error("AuthorizationPermissionMismatch"));
    const store = appendStore(container);

    await expect(store.append(name, bytes("one\n"), 0, signal)).resolves.toBe("appended");
    await expect(store.append("audit/orders/2026-12.jsonl", bytes("two\n"), 0, signal)).resolves.toBe("appended");
  });

  it("appends line after line", async () => {
    const store = newStore();

    await expect(store.append(name, bytes("one\n"), 0, signal)).resolves.toBe("appended");
    await expect(store.append(name, bytes("two\n"), 4, signal)).resolves.toBe("appended");

    expect(await textOf(store)).toBe("one\ntwo\n");
    await expect(store.list("audit/", signal)).resolves.toEqual([name]);
  });

  it.each([
    ["the start of what has content", 0],
    ["the middle", 2],
    ["beyond the end", 9],
  ])("appends nothing at %s", async (_, position) => {
    const store = newStore();
    await store.append(name, bytes("one\n"), 0, signal);

    await expect(store.append(name, bytes("two\n"), position, signal)).resolves.toBe("conflict");

    expect(await textOf(store)).toBe("one\n");
  });

  it("appends nothing to the middle of what is not there", async () => {
    const store = newStore();

    await expect(store.append(name, bytes("one\n"), 4, signal)).resolves.toBe("conflict");
    await store.append("audit/other", bytes("x"), 0, signal);
    await expect(store.append(name, bytes("one\n"), 4, signal)).resolves.toBe("conflict");

    expect(await textOf(store)).toBeUndefined();
  });

  it("lets one of two appenders go first, and the other after it", async () => {
    const container = `a-${randomUUID()}`;
    const [left, right] = [newStore(storage.blobEndpoint, container), newStore(storage.blobEndpoint, container)];

    const answers = await Promise.all([
      left.append(name, bytes("left\n"), 0, signal),
      right.append(name, bytes("rght\n"), 0, signal),
    ]);
    const [winner, loser] = answers[0] === "appended" ? ["left\n", "rght\n"] : ["rght\n", "left\n"];

    expect([...answers].sort()).toEqual(["appended", "conflict"]);
    await expect(right.append(name, bytes(loser), 5, signal)).resolves.toBe("appended");
    expect(await textOf(left)).toBe(winner + loser);
  });

  it("appends once when the answer gets lost", async () => {
    const proxy = await losingProxy(storage.blobEndpoint);
    const store = newStore(proxy.endpoint);
    await store.append(name, bytes("one\n"), 0, signal);

    proxy.loseNextAnswer();
    const answer = await store.append(name, bytes("two\n"), 4, signal);

    expect(answer).toBe("appended");
    expect(await textOf(store)).toBe("one\ntwo\n");
    await proxy.close();
  });

  it("says what was not done when storage cannot be reached", async () => {
    const store = newStore(await deadEndpoint(), "audit");

    await expect(store.append(name, bytes("x"), 0, signal)).rejects.toThrow(
      `Blob ${name} of container audit was not appended to. The service cannot be reached (ECONNREFUSED).`,
    );
    await expect(store.read(name, signal)).rejects.toThrow(`Blob ${name} of container audit was not read.`);
    await expect(store.list("x", signal)).rejects.toThrow("Blobs below x of container audit were not listed.");
  });

  it("ends with its signal's reason", async () => {
    const reason = new Error("The deadline has passed.");

    await expect(newStore().append(name, bytes("x"), 0, AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});

import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { blobContainer } from "../../shared/azure/blobContainer.ts";
import { stateStore } from "../../shared/azure/stateStore.ts";
import type { StateStore } from "../../shared/publish/stateStore.ts";
import { deadEndpoint, losingProxy, startRealStorage, type RealStorage } from "./realStorage.ts";

const { signal } = new AbortController();
const quick = { retryOptions: { maxTries: 2, retryDelayInMs: 10, maxRetryDelayInMs: 20 } };
let storage: RealStorage;

beforeAll(async () => {
  storage = await startRealStorage();
});

afterAll(async () => {
  await storage.stop();
});

function newStore(endpoint = storage.blobEndpoint, name = `s-${randomUUID()}`): StateStore {
  return stateStore(blobContainer(endpoint, storage.identity, name, quick), randomUUID);
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

async function textOf(store: StateStore, name: string): Promise<string | undefined> {
  const blob = await store.read(name, signal);
  return blob === undefined ? undefined : new TextDecoder().decode(blob.bytes);
}

describe("stateStore", () => {
  it("finds nothing before the first write", async () => {
    const store = newStore();

    await expect(store.read("a.json", signal)).resolves.toBeUndefined();
    await expect(store.list("", signal)).resolves.toEqual([]);
    await expect(store.remove("a.json", signal)).resolves.toBeUndefined();
  });

  it("reads back what it wrote, under awkward names too", async () => {
    const store = newStore();
    const name = `snapshots/größe 'x' "y" %2F#?&+/latest.json`;

    await expect(store.write(name, bytes("{}"), "create", signal)).resolves.toBe("written");

    expect(await textOf(store, name)).toBe("{}");
    await expect(store.list("snapshots/größe 'x'", signal)).resolves.toEqual([name]);
  });

  it("reads back nothing at all and six megabytes alike", async () => {
    const store = newStore();
    const large = Buffer.alloc(6_000_000, "0123456789");

    await store.write("empty", new Uint8Array(), "create", signal);
    await store.write("large", large, "create", signal);

    await expect(store.read("empty", signal)).resolves.toMatchObject({ bytes: Buffer.alloc(0) });
    const blob = await store.read("large", signal);
    expect(Buffer.compare(blob?.bytes ?? new Uint8Array(), large)).toBe(0);
  });

  it("creates only what is not there", async () => {
    const store = newStore();
    await store.write("a", bytes("first"), "create", signal);

    await expect(store.write("a", bytes("second"), "create", signal)).resolves.toBe("conflict");

    expect(await textOf(store, "a")).toBe("first");
  });

  it("replaces whatever is there", async () => {
    const store = newStore();
    await store.write("a", bytes("first"), "replace", signal);
    await store.write("a", bytes("second"), "replace", signal);

    expect(await textOf(store, "a")).toBe("second");
  });

  it("writes over exactly the version that was read", async () => {
    const store = newStore();
    await store.write("a", bytes("first"), "create", signal);
    const { etag } = (await store.read("a", signal)) ?? { etag: "" };

    await expect(store.write("a", bytes("second"), { ifMatch: etag }, signal)).resolves.toBe("written");
    await expect(store.write("a", bytes("stale"), { ifMatch: etag }, signal)).resolves.toBe("conflict");

    expect(await textOf(store, "a")).toBe("second");
  });

  it("writes over no version of what has gone", async () => {
    const store = newStore();
    await store.write("a", bytes("first"), "create", signal);
    const { etag } = (await store.read("a", signal)) ?? { etag: "" };
    await store.remove("a", signal);

    await expect(store.write("a", bytes("second"), { ifMatch: etag }, signal)).resolves.toBe("conflict");

    expect(await textOf(store, "a")).toBeUndefined();
  });

  it("lets one of many first writers win", async () => {
    const name = `s-${randomUUID()}`;
    const writers = Array.from({ length: 8 }, (_, index) => ({ store: newStore(storage.blobEndpoint, name), index }));

    const answers = await Promise.all(
      writers.map(({ store, index }) => store.write("lock", bytes(String(index)), "create", signal)),
    );

    expect(answers.filter((answer) => answer === "written")).toHaveLength(1);
    expect(await textOf(newStore(storage.blobEndpoint, name), "lock")).toBe(String(answers.indexOf("written")));
  });

  it("lists below a prefix in ascending order", async () => {
    const store = newStore();
    for (const name of ["runs/b", "runs/a/2", "runs/a/10", "runs2/x", "Runs/x"]) {
      await store.write(name, bytes(""), "create", signal);
    }

    await expect(store.list("runs/", signal)).resolves.toEqual(["runs/a/10", "runs/a/2", "runs/b"]);
  });

  it("removes, and does not mind what has gone", async () => {
    const store = newStore();
    await store.write("a", bytes("x"), "create", signal);

    await store.remove("a", signal);
    await store.remove("a", signal);

    await expect(store.list("", signal)).resolves.toEqual([]);
  });

  it.each(["create", "ifMatch"] as const)("knows its own write whose answer got lost (%s)", async (kind) => {
    const proxy = await losingProxy(storage.blobEndpoint);
    const store = newStore(proxy.endpoint);
    await store.write("before", bytes("x"), "create", signal); // the connection is up now
    const { etag } = (await store.read("before", signal)) ?? { etag: "" };

    proxy.loseNextAnswer();
    const answer =
      kind === "create"
        ? await store.write("a", bytes("mine"), "create", signal)
        : await store.write("before", bytes("mine"), { ifMatch: etag }, signal);

    expect(answer).toBe("written");
    expect(await textOf(store, kind === "create" ? "a" : "before")).toBe("mine");
    await proxy.close();
  });

  it("says what was not done when storage cannot be reached", async () => {
    const store = newStore(await deadEndpoint(), "state");

    await expect(store.write("runs/1/run.json", bytes("{}"), "create", signal)).rejects.toThrow(
      "Blob runs/1/run.json of container state was not written. The service cannot be reached (ECONNREFUSED).",
    );
    await expect(store.read("a", signal)).rejects.toThrow("Blob a of container state was not read.");
    await expect(store.list("runs/", signal)).rejects.toThrow("Blobs below runs/ of container state were not listed.");
    await expect(store.remove("a", signal)).rejects.toThrow("Blob a of container state was not removed.");
  });

  it("says so when the identity is refused", async () => {
    const token = { token: "no-token-at-all", expiresOnTimestamp: 4_102_444_800_000 };
    const stranger = { getToken: () => Promise.resolve(token) };
    const store = stateStore(blobContainer(storage.blobEndpoint, stranger, "state", quick), randomUUID);

    const failure: unknown = await store.write("a", bytes("x"), "create", signal).catch((error: unknown) => error);

    expect(String(failure)).toMatch(/The service refused this identity \(\w+\)\./);
    expect(JSON.stringify(failure) + String(failure)).not.toContain("no-token-at-all");
  });

  it("ends with its signal's reason", async () => {
    const reason = new Error("The deadline has passed.");
    const store = newStore();

    await expect(store.write("a", bytes("x"), "create", AbortSignal.abort(reason))).rejects.toBe(reason);
    await expect(store.read("a", AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});

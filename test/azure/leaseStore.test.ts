import { randomUUID } from "node:crypto";
import type { ContainerClient } from "@azure/storage-blob";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { blobContainer } from "../../shared/azure/blobContainer.ts";
import { leaseStore } from "../../shared/azure/leaseStore.ts";
import { RotationError } from "../../shared/rotate/rotationError.ts";
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

function newContainer(endpoint = storage.blobEndpoint): ContainerClient {
  return blobContainer(endpoint, storage.identity, `s-${randomUUID()}`, quick);
}

function held(container: ContainerClient): Promise<string | undefined> {
  return container
    .getBlobClient("locks/app")
    .getProperties()
    .then(({ leaseState }) => leaseState);
}

describe("leaseStore", () => {
  it("makes container and blob, and lets one worker in at a time", async () => {
    const container = newContainer();
    const [first, second] = [leaseStore(container), leaseStore(container)];

    const lease = await first.acquire("app", 60, signal);
    const other = await second.acquire("app", 60, signal);
    const another = await second.acquire("other", 60, signal);
    const renewed = await lease?.renew(signal);
    await lease?.release(signal);

    expect(other).toBeUndefined();
    expect(another).toBeDefined();
    expect(renewed).toBe(true);
    expect(await second.acquire("app", 60, signal)).toBeDefined();
  });

  it("lets one of many workers in that begin at the same time", async () => {
    const container = newContainer();

    const leases = await Promise.all(Array.from({ length: 6 }, () => leaseStore(container).acquire("app", 60, signal)));

    expect(leases.filter((lease) => lease !== undefined)).toHaveLength(1);
  });

  it("says that somebody else has it by now", async () => {
    const container = newContainer();
    const lease = await leaseStore(container).acquire("app", 60, signal);
    await container.getBlobClient("locks/app").getBlobLeaseClient().breakLease(0);
    const thief = await leaseStore(container).acquire("app", 60, signal);

    expect(await lease?.renew(signal)).toBe(false);
    await lease?.release(signal);
    expect(await thief?.renew(signal)).toBe(true);
    expect(await held(container)).toBe("leased");
  });

  it("goes on when the blob was deleted, unless somebody made it anew", async () => {
    const container = newContainer();
    const lease = await leaseStore(container).acquire("app", 60, signal);
    async function deleteBlob(): Promise<void> {
      const blob = container.getBlobClient("locks/app");
      await blob.getBlobLeaseClient().breakLease(0);
      await blob.delete();
    }

    await deleteBlob();
    const renewed = await lease?.renew(signal);
    const other = await leaseStore(container).acquire("app", 60, signal);
    await deleteBlob();
    await leaseStore(container).acquire("app", 60, signal);

    expect(renewed).toBe(true);
    expect(other).toBeUndefined();
    expect(await lease?.renew(signal)).toBe(false);
  });

  it("recognises an acquisition whose answer got lost as its own", async () => {
    const container = newContainer();
    await (await leaseStore(container).acquire("app", 60, signal))?.release(signal);
    const proxy = await losingProxy(storage.blobEndpoint);
    const throughProxy = blobContainer(proxy.endpoint, storage.identity, container.containerName, quick);
    await throughProxy.exists(); // the connection is up now

    proxy.loseNextAnswer();
    const lease = await leaseStore(throughProxy).acquire("app", 60, signal);
    await proxy.close();

    expect(lease).toBeDefined();
    expect(await held(container)).toBe("leased");
  });

  it("is no obstacle when storage refuses the identity or cannot be reached", async () => {
    const token = { token: "no-token-at-all", expiresOnTimestamp: 4_102_444_800_000 };
    const stranger = { getToken: () => Promise.resolve(token) };
    const denied = leaseStore(blobContainer(storage.blobEndpoint, stranger, "state", quick));
    const dead = leaseStore(newContainer(await deadEndpoint()));

    for (const store of [denied, dead]) {
      const lease = await store.acquire("app", 60, signal);

      expect(await lease?.renew(signal)).toBe(true);
      await expect(lease?.release(signal)).resolves.toBeUndefined();
    }
  });

  it("ends with its signal, and lets go in silence", async () => {
    const container = newContainer();
    const lease = await leaseStore(container).acquire("app", 60, signal);

    const faults = await Promise.all(
      [leaseStore(container).acquire("app", 60, AbortSignal.abort()), lease?.renew(AbortSignal.abort())].map((work) =>
        Promise.resolve(work).then(
          () => undefined,
          (error: unknown) => (error instanceof RotationError ? `${error.code} ${error.effect}` : error),
        ),
      ),
    );

    expect(faults).toEqual(["DEADLINE none", "DEADLINE none"]);
    await expect(lease?.release(AbortSignal.abort())).resolves.toBeUndefined();
  });
});

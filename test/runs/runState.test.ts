import { describe, expect, it } from "@jest/globals";
import { canonicalJson, sha256 } from "../../shared/diff/canonical.ts";
import { snapshotOf } from "../../shared/diff/snapshot.ts";
import { digestOf } from "../../shared/diff/snapshotDigest.ts";
import { blobNames, type LatestState } from "../../shared/publish/stateBlobs.ts";
import { readLatest, readNewestBaseline, StateConflictError, writeLatest } from "../../shared/runs/runState.ts";
import { posture, serverRef, takenAt } from "../builders.ts";
import { memoryStateStore } from "../fakes/memoryStateStore.ts";
import { serverResult } from "../publish/publishBuilders.ts";

const forever = new AbortController().signal;
const key = "orders-12345678";
const first = { schema: "pgwarden.snapshot/1", serverId: serverRef().id, parts: {} };
const snapshot = snapshotOf(posture());
const latest: LatestState = {
  runId: "r2",
  takenAt,
  digest: digestOf(snapshot),
  snapshot,
  history: { firewallRules: {} },
  result: serverResult(),
};

function bytesOf(value: object): Uint8Array {
  return new TextEncoder().encode(`${canonicalJson(value)}\n`);
}

const outdated = { digest: sha256(`${canonicalJson(first)}\n`), snapshot: first };

describe("a state of snapshot version 1", () => {
  it("counts as not there, and the next scan writes over it", async () => {
    const store = memoryStateStore();
    await store.write(blobNames.latest(key), bytesOf({ ...latest, ...outdated }), "create", forever);

    expect(await readLatest(store, key, forever)).toBeUndefined();
    await writeLatest(store, key, latest, undefined, forever);
    expect((await readLatest(store, key, forever))?.value).toEqual(latest);
  });

  it("does not let a worker write over what another has written meanwhile", async () => {
    const store = memoryStateStore();
    await store.write(blobNames.latest(key), bytesOf({ ...latest, ...outdated }), "create", forever);
    await writeLatest(store, key, latest, undefined, forever);

    await expect(writeLatest(store, key, { ...latest, runId: "r3" }, undefined, forever)).rejects.toThrow(
      StateConflictError,
    );
  });

  it("leaves its baseline readable and not in force", async () => {
    const store = memoryStateStore();
    const approval = { serverId: serverRef().id, approvedBy: "ann", approvedAt: takenAt, reason: "x", expires: null };
    await store.write(blobNames.baseline(key, takenAt), bytesOf({ ...approval, ...outdated }), "create", forever);

    expect(await readNewestBaseline(store, key, forever)).toMatchObject({ ...approval, snapshot: null });
  });
});

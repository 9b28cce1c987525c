import { describe, expect, it } from "@jest/globals";
import { readCredentialState, updateCredentialState } from "../../shared/runs/credentialState.ts";
import { StateConflictError } from "../../shared/runs/runState.ts";
import { memoryStateStore } from "../fakes/memoryStateStore.ts";
import { noSignal } from "./fakeScanPorts.ts";

const at = "2026-11-22T06:10:00.000Z";

function adding(id: string): Parameters<typeof updateCredentialState>[2] {
  return (before) => ({
    ...before,
    requests: [...before.requests, { id, status: "done", generation: null, at }],
  });
}

describe("updateCredentialState", () => {
  it("loses no change to another worker that writes at the same time", async () => {
    const store = memoryStateStore();

    await Promise.all(["a", "b", "c"].map((id) => updateCredentialState(store, "app", adding(id), noSignal())));

    const { requests } = await readCredentialState(store, "app", noSignal());
    expect(requests.map(({ id }) => id).toSorted()).toEqual(["a", "b", "c"]);
  });

  it("writes nothing when nothing changes", async () => {
    const store = memoryStateStore();
    await updateCredentialState(store, "app", adding("a"), noSignal());
    const etag = store.blobs.get("credentials/app/state.json")?.etag;

    await updateCredentialState(store, "app", (before) => ({ ...before }), noSignal());

    expect(store.blobs.get("credentials/app/state.json")?.etag).toBe(etag);
  });

  it("gives up when others are faster every time", async () => {
    const store = memoryStateStore();
    const always = { ...store, write: () => Promise.resolve("conflict" as const) };

    await expect(updateCredentialState(always, "app", adding("a"), noSignal())).rejects.toThrow(StateConflictError);
  });

  it("takes a blob of another form for none", async () => {
    const store = memoryStateStore();
    await store.write("credentials/app/state.json", new TextEncoder().encode('{"health":7}'), "create", noSignal());

    await updateCredentialState(store, "app", adding("a"), noSignal());

    expect((await readCredentialState(store, "app", noSignal())).requests).toHaveLength(1);
  });
});

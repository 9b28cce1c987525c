import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { ingestionClient, logAnalyticsSink } from "../../shared/azure/logAnalyticsSink.ts";
import { DeliveryError } from "../../shared/publish/deliveryError.ts";
import type { Chunk, Sink } from "../../shared/publish/sink.ts";
import { deadEndpoint, startRealStorage, type RealStorage } from "./realStorage.ts";

const { signal } = new AbortController();
const stream = "Custom-Orders_CL";
let storage: RealStorage;
let sink: Sink;

beforeAll(async () => {
  storage = await startRealStorage();
  sink = logAnalyticsSink(ingestionClient(storage.emulatorUrl, storage.identity), storage.state.rule.immutableId);
});

afterEach(() => {
  storage.faults.clear();
  storage.state.rule.rows.clear();
});

afterAll(async () => {
  await storage.stop();
});

function chunk(rows: Chunk["rows"]): Chunk {
  return { id: "chunk-1", stream, rows };
}

async function failureOf(delivery: Promise<void>): Promise<DeliveryError> {
  const failure: unknown = await delivery.catch((error: unknown) => error);
  if (!(failure instanceof DeliveryError)) throw new Error("The delivery did not fail as it should.");
  return failure;
}

describe("logAnalyticsSink", () => {
  it("delivers rows", async () => {
    await sink.deliver(
      chunk([
        { RowId: "a", Count: 1 },
        { RowId: "b", Count: 2 },
      ]),
      signal,
    );

    expect(storage.state.rule.rows.get(stream)).toMatchObject([
      { RowId: "a", Count: 1 },
      { RowId: "b", Count: 2 },
    ]);
  });

  it("tells of a refused row by status, and keeps its content to itself", async () => {
    const failure = await failureOf(sink.deliver(chunk([{ RowId: "hunter2", Count: "many" }]), signal));

    expect(failure).toMatchObject({
      message: `Stream ${stream} did not accept a chunk of 1 rows.`,
      sink: "log-analytics",
      chunkId: "chunk-1",
      status: 400,
      cause: { statusCode: 400, code: "InvalidColumnValue" },
    });
    expect(JSON.stringify(failure) + String(failure.cause)).not.toContain("hunter2");
    expect(storage.state.rule.rows.get(stream)).toBeUndefined();
  });

  it.each([413, 403, 429])("gives the status %i", async (status) => {
    storage.faults.add({ path: "/streams/", action: { kind: "status", status } });

    expect((await failureOf(sink.deliver(chunk([{ RowId: "a" }]), signal))).status).toBe(status);
  });

  it("delivers after a passing failure", async () => {
    storage.faults.add({ path: "/streams/", times: 1, action: { kind: "status", status: 500 } });

    await sink.deliver(chunk([{ RowId: "a" }]), signal);

    expect(storage.state.rule.rows.get(stream)).toHaveLength(1);
  });

  it("has no status when nobody answers", async () => {
    const endpoint = new URL(await deadEndpoint()).origin;
    const client = ingestionClient(endpoint, storage.identity, { retryOptions: { maxRetries: 0 } });
    const dead = logAnalyticsSink(client, storage.state.rule.immutableId);

    const failure = await failureOf(dead.deliver(chunk([{ RowId: "a" }]), signal));

    expect(failure).toMatchObject({ status: null, cause: { code: "ECONNREFUSED" } });
  });

  it("does not claim an upload that was stopped", async () => {
    const stopped = new AbortController();
    const sloppy = {
      // as the SDK does between two parts: it resolves with rows unsent
      upload: () => {
        stopped.abort();
        return Promise.resolve();
      },
    };

    await failureOf(logAnalyticsSink(sloppy, "dcr-1").deliver(chunk([{ RowId: "a" }]), stopped.signal));
    await failureOf(sink.deliver(chunk([{ RowId: "a" }]), AbortSignal.abort()));

    expect(storage.state.rule.rows.get(stream)).toBeUndefined();
  });
});

import { describe, expect, it } from "@jest/globals";
import { chunkRows } from "../../shared/publish/chunkRows.ts";
import { deliverRows, withOversized } from "../../shared/publish/deliverRows.ts";
import type { Row, Sink } from "../../shared/publish/sink.ts";
import { memorySink } from "../fakes/memorySink.ts";
import { memoryStateStore } from "../fakes/memoryStateStore.ts";

const stream = "Custom-PgWardenFinding_CL";
const now = new Date("2026-11-22T06:00:00.000Z");
const { signal } = new AbortController();

function rows(count: number): readonly Row[] {
  return Array.from({ length: count }, (_, index) => ({ RowId: `row-${index}`, TimeGenerated: now.toISOString() }));
}

function chunksOf(count: number, maxBytes = 900_000) {
  return chunkRows(stream, rows(count), maxBytes).chunks;
}

describe("deliverRows", () => {
  it("delivers every chunk", async () => {
    const [sink, store] = [memorySink(), memoryStateStore()];

    const delivery = await deliverRows(chunksOf(20, 200), sink, store, signal, now);

    expect(delivery).toEqual({ status: "delivered", delivered: 20, spooled: 0, lost: 0, refusals: [] });
    expect(sink.rows()).toEqual(rows(20));
    expect(store.blobs.size).toBe(0);
  });

  it("spools everything without a sink, and says so", async () => {
    const store = memoryStateStore();

    const delivery = await deliverRows(chunksOf(3), null, store, signal, now);

    expect(delivery).toEqual({ status: "spooled", delivered: 0, spooled: 3, lost: 0, refusals: [] });
    expect([...store.blobs.keys()]).toEqual([
      expect.stringMatching(/^spool\/PgWardenFinding_CL\/2026-11-22\/[0-9a-f]{32}\.jsonl\.gz$/),
    ]);
  });

  it("spools what a sink that is down does not take, and stops asking after three chunks", async () => {
    const [sink, store] = [memorySink(), memoryStateStore()];
    sink.fault = { status: 503 };

    const delivery = await deliverRows(chunksOf(40, 150), sink, store, signal, now);

    expect(delivery).toMatchObject({ status: "spooled", delivered: 0, spooled: 40, lost: 0 });
    expect(delivery.refusals).toHaveLength(3);
    expect(sink.requests).toBe(3);
  });

  it("finds one refused row, names it, and lets all others arrive", async () => {
    const [sink, store] = [memorySink(), memoryStateStore()];
    sink.refuses = ({ RowId }) => RowId === "row-617";

    const delivery = await deliverRows(chunksOf(1000), sink, store, signal, now);

    expect(delivery).toEqual({
      status: "lost",
      delivered: 999,
      spooled: 0,
      lost: 1,
      refusals: [`Stream ${stream} refused row row-617.`],
    });
    expect(new Set(sink.rows().map(({ RowId }) => RowId)).size).toBe(999);
    expect(sink.requests).toBeLessThan(30);
  });

  it("bounds the search when many rows are refused; what it did not settle is spooled", async () => {
    const [sink, store] = [memorySink(), memoryStateStore()];
    sink.refuses = ({ RowId }) => Number(String(RowId).slice(4)) % 3 === 0;

    const delivery = await deliverRows(chunksOf(1000), sink, store, signal, now);

    expect(sink.requests).toBeLessThanOrEqual(64);
    expect(delivery.delivered + delivery.spooled + delivery.lost).toBe(1000);
    expect(delivery.spooled).toBeGreaterThan(900);
    expect(delivery.refusals.at(-1)).toMatch(/refused \d+ of 1000 rows of chunk/);
  });

  it("spools a chunk of which nothing is accepted: the fault may be the stream's", async () => {
    const [sink, store] = [memorySink(), memoryStateStore()];
    sink.refuses = () => true;

    const delivery = await deliverRows(chunksOf(5), sink, store, signal, now);

    expect(delivery).toMatchObject({ status: "spooled", delivered: 0, spooled: 5, lost: 0 });
  });

  it("calls rows lost when the spool does not take them either", async () => {
    const [sink, store] = [memorySink(), memoryStateStore()];
    sink.fault = { status: null };
    store.fault = new Error("storage is unreachable");

    const delivery = await deliverRows(chunksOf(3), sink, store, signal, now);

    expect(delivery).toMatchObject({ status: "lost", delivered: 0, spooled: 0, lost: 3 });
    expect(delivery.refusals.at(-1)).toMatch(/^Chunk [0-9a-f]{32} of stream .* could not be spooled: 3 rows\.$/);
  });

  it("lets a bug of the sink be seen", async () => {
    const broken: Sink = { name: "broken", deliver: () => Promise.reject(new TypeError("bug")) };

    await expect(deliverRows(chunksOf(1), broken, memoryStateStore(), signal, now)).rejects.toThrow(TypeError);
  });
});

describe("withOversized", () => {
  it("adds rows that fit no chunk as lost, by name", async () => {
    const { chunks, oversized } = chunkRows(stream, [...rows(1), { RowId: "huge", text: "x".repeat(2000) }], 1000);
    const delivery = await deliverRows(chunks, memorySink(), memoryStateStore(), signal, now);

    expect(withOversized(delivery, oversized)).toEqual({
      status: "lost",
      delivered: 1,
      spooled: 0,
      lost: 1,
      refusals: [`Row huge of stream ${stream} has 2026 bytes and fits no chunk.`],
    });
  });
});

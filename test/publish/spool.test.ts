import { gzipSync } from "node:zlib";
import { describe, expect, it } from "@jest/globals";
import { chunkOf } from "../../shared/publish/chunkRows.ts";
import type { Row } from "../../shared/publish/sink.ts";
import { replaySpool, spoolChunk } from "../../shared/publish/spool.ts";
import { memorySink } from "../fakes/memorySink.ts";
import { memoryStateStore } from "../fakes/memoryStateStore.ts";

const stream = "Custom-PgWardenDrift_CL";
const { signal } = new AbortController();
const monday = new Date("2026-11-23T06:00:00.000Z");

function daysAgo(days: number): Date {
  return new Date(monday.getTime() - days * 24 * 60 * 60_000);
}

function row(id: string, made = monday): Row {
  return { RowId: id, TimeGenerated: made.toISOString(), CollectedAt: made.toISOString() };
}

async function spooled(...chunks: readonly (readonly [Date, readonly Row[]])[]) {
  const store = memoryStateStore();
  for (const [day, rows] of chunks) await spoolChunk(store, chunkOf(stream, rows), day, signal);
  return store;
}

const clean = { delivered: 0, late: 0, repeated: 0, refused: 0, waiting: 0, problems: [] };

describe("replaySpool", () => {
  it("delivers the oldest day first and empties the spool", async () => {
    const store = await spooled([monday, [row("c")]], [daysAgo(5), [row("a", daysAgo(5))]], [daysAgo(1), [row("b")]]);
    const sink = memorySink();

    const replay = await replaySpool(store, sink, signal, monday);

    expect(replay).toEqual({ ...clean, delivered: 3, late: 1 });
    expect(sink.rows()).toEqual([row("a", daysAgo(5)), row("b"), row("c")]);
    expect(sink.chunks.map((chunk) => chunk.stream)).toEqual([stream, stream, stream]);
    expect(store.blobs.size).toBe(0);
  });

  it("sends each row once by RowId, though it was spooled twice", async () => {
    const store = await spooled([daysAgo(1), [row("a"), row("b")]], [monday, [row("b"), row("c")]]);
    const sink = memorySink();

    const replay = await replaySpool(store, sink, signal, monday);

    expect(replay).toEqual({ ...clean, delivered: 3, repeated: 1 });
    expect(sink.rows().map(({ RowId }) => RowId)).toEqual(["a", "b", "c"]);
    expect(store.blobs.size).toBe(0);
  });

  it("leaves everything in place while the sink is down, and delivers it later", async () => {
    const chunks = Array.from({ length: 10 }, (_, index) => [daysAgo(index), [row(`r${index}`)]] as const);
    const store = await spooled(...chunks);
    const sink = memorySink();
    sink.fault = { status: 503 };

    const first = await replaySpool(store, sink, signal, monday);
    sink.fault = undefined;
    const second = await replaySpool(store, sink, signal, monday);

    expect(first).toMatchObject({ delivered: 0, waiting: 10 });
    expect(first.problems).toHaveLength(3);
    expect(second).toMatchObject({ delivered: 10, waiting: 0, problems: [] });
    expect(store.blobs.size).toBe(0);
  });

  it.each([
    ["no gzip", new TextEncoder().encode("rows")],
    ["cut short", gzipSync(JSON.stringify(row("x"))).subarray(0, 20)],
    ["no JSON", gzipSync("rows")],
    ["rows without RowId", gzipSync('{"a":1}\n')],
    ["far too large", gzipSync("\n".repeat(9_000_000))],
  ])("reports a blob that is %s, leaves it, and delivers the others", async (_name, bytes) => {
    const store = await spooled([monday, [row("good")]]);
    const bad = "spool/PgWardenDrift_CL/2026-11-20/0000.jsonl.gz";
    await store.write(bad, bytes, "create", signal);
    const sink = memorySink();

    const replay = await replaySpool(store, sink, signal, monday);

    expect(replay).toEqual({
      ...clean,
      delivered: 1,
      waiting: 1,
      problems: [`Blob ${bad} is damaged: it does not hold the rows of a chunk.`],
    });
    expect([...store.blobs.keys()]).toEqual([bad]);
  });

  it("reports a blob of a strange name", async () => {
    const store = await spooled();
    await store.write("spool/readme.txt", new Uint8Array(), "create", signal);

    expect(await replaySpool(store, memorySink(), signal, monday)).toEqual({
      ...clean,
      waiting: 1,
      problems: ["Blob spool/readme.txt is no spooled chunk."],
    });
  });

  it("drops a refused row among accepted ones by name, and keeps a chunk that is refused whole", async () => {
    const store = await spooled([daysAgo(1), [row("a"), row("bad"), row("b")]], [monday, [row("bad too")]]);
    const sink = memorySink();
    sink.refuses = ({ RowId }) => String(RowId).startsWith("bad");

    const replay = await replaySpool(store, sink, signal, monday);

    expect(replay).toMatchObject({ delivered: 2, refused: 1, waiting: 1 });
    expect(replay.problems[0]).toBe(`Stream ${stream} refused row bad.`);
    expect(store.blobs.size).toBe(1);
  });

  it("starts nothing once the time is over", async () => {
    const store = await spooled([monday, [row("a")]]);
    const abort = new AbortController();
    const sink = memorySink();
    sink.refuses = () => {
      abort.abort();
      return false;
    };
    await spoolChunk(store, chunkOf(stream, [row("z")]), daysAgo(3), signal);

    await replaySpool(store, sink, abort.signal, monday).catch(() => undefined);

    expect(sink.rows().length).toBeLessThanOrEqual(1);
    expect([...store.blobs.keys()].some((name) => name.includes("2026-11-23"))).toBe(true);
  });
});

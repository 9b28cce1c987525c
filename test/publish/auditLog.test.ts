import { describe, expect, it } from "@jest/globals";
import type { AuditEvent } from "../../shared/publish/auditLine.ts";
import { appendAudit, AuditError } from "../../shared/publish/auditLog.ts";
import { verifyAudit } from "../../shared/publish/verifyAudit.ts";
import { SecretValue } from "../../shared/model/secretValue.ts";
import { memoryAppendStore, type MemoryAppendStore } from "../fakes/memoryAppendStore.ts";

const { signal } = new AbortController();
const november = new Date("2026-11-22T06:00:00.000Z");
const december = new Date("2026-12-01T00:00:01.000Z");
const blob = "audit/scan/2026-11.jsonl";

function event(target: string, detail: AuditEvent["detail"] = {}): AuditEvent {
  return { actor: "timer", action: "scan.server", target, outcome: "succeeded", runId: "r1", detail };
}

async function written(count: number, store = memoryAppendStore()): Promise<MemoryAppendStore> {
  for (let index = 0; index < count; index += 1)
    await appendAudit(store, "scan", [event(`server ${index}`)], november, signal);
  return store;
}

function messages(store: MemoryAppendStore): Promise<readonly string[]> {
  return verifyAudit(store, signal).then(({ problems }) => problems.map(({ message }) => message));
}

describe("appendAudit", () => {
  it("writes canonical lines that carry the hash of the line before", async () => {
    const store = memoryAppendStore();

    const { lines, damage } = await appendAudit(store, "scan", [event("a"), event("b")], november, signal);

    expect(damage).toBeNull();
    expect(lines.map(({ seq }) => seq)).toEqual([1, 2]);
    expect(lines[0]?.prevHash).toBe("0".repeat(64));
    expect(lines[1]?.prevHash).toBe(lines[0]?.hash);
    const texts = store.text(blob).split("\n");
    expect(texts).toHaveLength(3);
    expect(Object.keys(JSON.parse(texts[0] ?? "") as object)).toEqual([
      "action",
      "actor",
      "detail",
      "hash",
      "outcome",
      "prevHash",
      "runId",
      "seq",
      "target",
      "time",
    ]);
    expect(await verifyAudit(store, signal)).toMatchObject({ streams: 1, lines: 2, problems: [] });
  });

  it("hands out the lines of the run before once more, while an alert could miss them", async () => {
    const store = memoryAppendStore();
    const hour = 3_600_000;
    function at(hours: number): Date {
      return new Date(november.getTime() + hours * hour);
    }
    async function append(target: string, runId: string | null, hours: number): Promise<readonly string[]> {
      const { earlier } = await appendAudit(store, "scan", [{ ...event(target), runId }], at(hours), signal);
      return earlier.map((line) => line.target);
    }

    expect(await append("a", "r1", 0)).toEqual([]);
    expect(await append("b", "r1", 0)).toEqual(["a"]);
    expect(await append("c", "r2", 47)).toEqual(["a", "b"]);
    expect(await append("d", null, 96)).toEqual([]);
    expect(await append("e", null, 96)).toEqual(["d"]);
    expect(await append("f", null, 96)).toEqual(["e"]);
  });

  it("hands them out when a month has ended, and not the lines of its own", async () => {
    const store = memoryAppendStore();
    const lastDay = new Date("2026-11-30T23:59:00.000Z");
    await appendAudit(store, "scan", [event("a"), event("b")], lastDay, signal);

    const { earlier, lines } = await appendAudit(store, "scan", [event("c")], december, signal);

    expect(earlier.map(({ target }) => target)).toEqual(["a", "b"]);
    expect(lines.map(({ action }) => action)).toEqual(["audit.close", "scan.server"]);
  });

  it("lets no two writers fork the chain", async () => {
    const store = memoryAppendStore();
    const writers = Array.from({ length: 12 }, (_, index) => index);

    await Promise.all(
      writers.map(async (writer) => {
        for (let index = 0; index < 5; index += 1)
          await appendAudit(store, "scan", [event(`${writer}/${index}`)], november, signal);
      }),
    );

    expect(await verifyAudit(store, signal)).toMatchObject({ lines: 60, problems: [], heads: [{ seq: 60 }] });
  });

  it("lets writers on both sides of the month's end not fork it either", async () => {
    const store = await written(1);

    await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        appendAudit(store, "scan", [event(String(index))], index % 2 === 0 ? november : december, signal),
      ),
    );

    expect((await verifyAudit(store, signal)).problems).toEqual([]);
    expect([...store.blobs.keys()]).toEqual([blob, "audit/scan/2026-12.jsonl"]);
  });

  it("begins a month with the hash of the last line of the month before", async () => {
    const store = await written(2);

    const { lines } = await appendAudit(store, "scan", [event("new year")], new Date("2027-01-01T00:00:00Z"), signal);

    const last = JSON.parse(store.text(blob).trimEnd().split("\n").at(-1) ?? "") as { hash: string; detail: unknown };
    expect(last.detail).toEqual({ next: "audit/scan/2027-01.jsonl" });
    expect(lines.map(({ seq, action, prevHash }) => [seq, action, prevHash])).toEqual([
      [3, "audit.close", expect.any(String)],
      [4, "scan.server", last.hash],
    ]);
    expect(await messages(store)).toEqual([]);
  });

  it("begins another blob before one is full", async () => {
    const store = memoryAppendStore();
    const many = Array.from({ length: 5_000 }, (_, index) => event(String(index)));
    await appendAudit(store, "scan", many, november, signal);

    await appendAudit(store, "scan", [event("next")], november, signal);

    expect([...store.blobs.keys()]).toEqual([blob, "audit/scan/2026-11.002.jsonl"]);
    expect(await messages(store)).toEqual([]);
  });

  it("stays in the newest month when a clock goes back", async () => {
    const store = memoryAppendStore();
    await appendAudit(store, "scan", [event("a")], december, signal);

    await appendAudit(store, "scan", [event("b")], november, signal);

    expect([...store.blobs.keys()]).toEqual(["audit/scan/2026-12.jsonl"]);
    expect(await messages(store)).toEqual([]);
  });

  it("goes on after a line that a crash cut short, and leaves and reports what is there", async () => {
    const store = await written(2);
    const torn = `${store.text(blob)}{"action":"sc`;
    store.setText(blob, torn);

    const { lines, damage } = await appendAudit(store, "scan", [event("after")], november, signal);

    expect(store.text(blob).startsWith(torn)).toBe(true);
    expect(damage).toMatchObject({ blob, bytes: 13 });
    expect(lines).toMatchObject([
      { seq: 3, action: "audit.damage", target: blob },
      { seq: 4, target: "after" },
    ]);
    expect(await messages(store)).toEqual([`Line 3 of ${blob} is not a line of the audit log.`]);
  });

  it("goes on when a blob was made and nothing written", async () => {
    const store = await written(1);
    await appendAudit(store, "scan", [event("b")], december, signal);
    store.setText("audit/scan/2026-12.jsonl", "");

    await appendAudit(store, "scan", [event("c")], december, signal);

    expect(await messages(store)).toEqual([]);
  });

  it("writes nothing for no events, and refuses a stream that is no name", async () => {
    const store = memoryAppendStore();

    await appendAudit(store, "scan", [], november, signal);

    expect(store.blobs.size).toBe(0);
    await expect(appendAudit(store, "a/b", [event("x")], november, signal)).rejects.toThrow(AuditError);
  });

  it("gives up, loudly, when others are always faster", async () => {
    const store = await written(1);
    let others = 0;
    store.beforeAppend = () => {
      others += 1;
      store.setText(blob, `${store.text(blob)}\n`);
      return Promise.resolve();
    };

    await expect(appendAudit(store, "scan", [event("x")], november, signal)).rejects.toThrow(
      'Audit stream "scan" took no line in 50 attempts: other writers were faster.',
    );
    expect(others).toBe(50);
  });

  it("writes no secret, and any text", async () => {
    const store = memoryAppendStore();
    const detail = { password: new SecretValue("hunter2"), text: 'ü"\n\u2028\u0000', gone: undefined };

    await appendAudit(store, "scan", [event('a"b\n', detail)], november, signal);

    expect(store.text(blob)).not.toContain("hunter2");
    expect(await messages(store)).toEqual([]);
  });
});

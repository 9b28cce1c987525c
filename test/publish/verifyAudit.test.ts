import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { AuditEvent } from "../../shared/publish/auditLine.ts";
import { appendAudit } from "../../shared/publish/auditLog.ts";
import { auditRows } from "../../shared/publish/rows/auditRows.ts";
import { verifyAudit } from "../../shared/publish/verifyAudit.ts";
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

describe("verifyAudit", () => {
  async function changed(change: (lines: string[]) => readonly string[]): Promise<readonly string[]> {
    const store = await written(5);
    const lines = store.text(blob).trimEnd().split("\n");
    store.setText(
      blob,
      change(lines)
        .map((line) => `${line}\n`)
        .join(""),
    );
    return messages(store);
  }

  it("finds an edited line", async () => {
    expect(
      await changed((lines) => lines.map((line, at) => (at === 2 ? line.replace("server 2", "server 9") : line))),
    ).toEqual([`Line 3 of ${blob} is not as it was written: its hash does not fit.`]);
  });

  it("finds a line whose form was edited but not its meaning", async () => {
    expect(await changed((lines) => lines.map((line, at) => (at === 2 ? line.replace(",", ", ") : line)))).toEqual([
      `Line 3 of ${blob} is not as it was written: its hash does not fit.`,
    ]);
  });

  it("finds a line that was replaced with one of a fitting hash", async () => {
    const other = await written(2);
    await appendAudit(other, "scan", [event("forged")], november, signal);
    const forged = other.text(blob).split("\n")[2] ?? "";

    expect(await changed((lines) => lines.map((line, at) => (at === 2 ? forged : line)))).toEqual([
      `Line 4 of ${blob} does not follow the line before it: that one was edited or replaced.`,
    ]);
  });

  it("finds a removed line", async () => {
    expect(await changed((lines) => lines.toSpliced(2, 1))).toEqual([
      `Line 3 of ${blob} has number 4, but 3 comes next: lines were removed or moved.`,
    ]);
  });

  it("finds the removed beginning", async () => {
    expect(await changed((lines) => lines.slice(1))).toEqual([
      `Line 1 of ${blob} has number 2, but 1 comes next: lines were removed or moved.`,
    ]);
  });

  it("finds an inserted and a repeated line", async () => {
    expect(await changed((lines) => lines.toSpliced(2, 0, "{}"))).toEqual([
      `Line 3 of ${blob} is not a line of the audit log.`,
    ]);
    expect((await changed((lines) => lines.toSpliced(2, 0, lines[1] ?? "")))[0]).toBe(
      `Line 3 of ${blob} has number 2, but 3 comes next: a line was inserted, repeated or moved.`,
    );
  });

  it("finds lines that changed places", async () => {
    const found = await changed((lines) => [0, 2, 1, 3, 4].map((at) => lines[at] ?? ""));

    expect(found[0]).toBe(`Line 2 of ${blob} has number 3, but 2 comes next: lines were removed or moved.`);
  });

  it("finds a line cut short", async () => {
    const store = await written(2);
    store.setText(blob, store.text(blob).slice(0, -5));

    expect(await verifyAudit(store, signal)).toMatchObject({
      lines: 2,
      problems: [{ blob, line: 2, message: `Line 2 of ${blob} is cut short.` }],
    });
  });

  it("finds the cut end of a month that another one follows, and a month that is gone", async () => {
    const store = await written(2);
    await appendAudit(store, "scan", [event("b")], december, signal);
    const next = "audit/scan/2026-12.jsonl";
    const whole = store.text(blob);

    store.setText(blob, `${whole.split("\n").slice(0, 2).join("\n")}\n`);
    const cut = await messages(store);
    store.setText(blob, whole);
    store.blobs.delete(next);
    const gone = await messages(store);

    expect(cut[0]).toBe(`Line 2 of ${blob} is the last one there, and no line closed the blob before ${next}.`);
    expect(gone).toEqual([`Blob ${next} is missing; line 3 of ${blob} says that it follows.`]);
  });

  it("finds a blob that does not belong there", async () => {
    const store = await written(1);
    store.setText("audit/scan/notes.txt", "hello");

    expect(await messages(store)).toEqual(["Blob audit/scan/notes.txt is no part of an audit stream."]);
  });

  it("gives the head of each stream, by which the removal of its newest lines is found", async () => {
    const store = await written(3);
    const before = await verifyAudit(store, signal);
    store.setText(blob, `${store.text(blob).split("\n").slice(0, 2).join("\n")}\n`);

    const after = await verifyAudit(store, signal);

    expect(after.problems).toEqual([]);
    expect([before.heads[0]?.seq, after.heads[0]?.seq]).toEqual([3, 2]);
  });

  it("gives number, time and hash of a head as its row in PgWardenAudit_CL has them", async () => {
    const store = memoryAppendStore();
    const first = await appendAudit(store, "scan", [event("a"), event("b")], november, signal);
    const second = await appendAudit(store, "approvals", [event("c")], december, signal);

    const { heads } = await verifyAudit(store, signal);

    const row = auditRows("scan", first.lines, { now: november, server: null }).at(-1);
    expect(heads).toEqual([
      { stream: "approvals", seq: 1, time: december.toISOString(), hash: second.lines[0]?.hash },
      { stream: "scan", seq: row?.Seq, time: row?.EventTime, hash: row?.LineHash },
    ]);
  });

  it("has a head at the last whole line, and none where there is no whole line", async () => {
    const store = await written(2);
    store.setText(blob, `${store.text(blob)}{}\n`);
    store.setText("audit/other/2026-11.jsonl", "{}\n");

    const { heads } = await verifyAudit(store, signal);

    expect(heads.map(({ stream, seq, time }) => [stream, seq, time])).toEqual([
      ["other", 0, null],
      ["scan", 2, november.toISOString()],
    ]);
  });

  it("finds any change of any byte", async () => {
    const store = await written(4);
    const whole = store.blobs.get(blob) ?? new Uint8Array();

    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, by) => {
        const bytes = whole.slice();
        bytes[at] = ((bytes[at] ?? 0) + by) % 256;
        store.blobs.set(blob, bytes);

        expect((await verifyAudit(store, signal)).problems.length).toBeGreaterThan(0);
      }),
    );
  });

  it("finds bytes that read as the text that was there", async () => {
    const store = memoryAppendStore();
    await appendAudit(store, "scan", [event("\ufffd")], november, signal);
    const bytes = Buffer.from(store.text(blob));
    const at = bytes.indexOf("\ufffd");
    store.blobs.set(blob, Buffer.concat([bytes.subarray(0, at), Buffer.from([0xff]), bytes.subarray(at + 3)]));
    const invalid = await messages(store);
    store.blobs.set(blob, Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes]));
    const marked = await messages(store);

    expect(invalid).toEqual([`Blob ${blob} is no UTF-8 text.`]);
    expect(marked).toEqual([`Line 1 of ${blob} is not a line of the audit log.`]);
  });

  it("finds any removal but that of the newest lines, and any move", async () => {
    const store = await written(6);
    const lines = store.text(blob).trimEnd().split("\n");

    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(lines, { minLength: 1 }), async (some) => {
        store.setText(blob, some.map((line) => `${line}\n`).join(""));

        const isHead = some.every((line, at) => line === lines[at]);
        expect((await verifyAudit(store, signal)).problems.length === 0).toBe(isHead);
      }),
    );
  });

  it("has nothing to say of an empty store", async () => {
    expect(await verifyAudit(memoryAppendStore(), signal)).toEqual({ streams: 0, lines: 0, problems: [], heads: [] });
  });
});

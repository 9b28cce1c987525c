import { describe, expect, it } from "@jest/globals";
import { collected } from "../../shared/collect/section.ts";
import { canonicalJson, sha256 } from "../../shared/diff/canonical.ts";
import { snapshotOf } from "../../shared/diff/snapshot.ts";
import { digestOf } from "../../shared/diff/snapshotDigest.ts";
import {
  baselineFormat,
  blobNames,
  DamagedBlobError,
  latestFormat,
  ledgerFormat,
  OutdatedBlobError,
  resultFormat,
  runFormat,
  serverKey,
  snapshotFormat,
} from "../../shared/publish/stateBlobs.ts";
import { updateLedger } from "../../shared/diff/ledger.ts";
import { database, posture, role, sections, serverRef, takenAt } from "../builders.ts";
import { finding, run, serverResult } from "./publishBuilders.ts";

const snapshot = snapshotOf(posture({ roles: collected([role("ann")]) }));
const digest = digestOf(snapshot);
const latest = {
  runId: "r1",
  takenAt,
  digest,
  snapshot,
  history: { firewallRules: { "office 1 2": takenAt } },
  result: serverResult(),
};
const baseline = {
  serverId: serverRef().id,
  digest,
  approvedBy: "ann@example.com",
  approvedAt: takenAt,
  reason: "reviewed",
  expires: null,
  snapshot,
};
const { entries } = updateLedger([], [finding()], takenAt);

describe("formats", () => {
  it.each([
    ["run", runFormat, run()],
    ["result", resultFormat, serverResult()],
    ["latest", latestFormat, latest],
    ["baseline", baselineFormat, baseline],
    ["ledger", ledgerFormat, { runId: "r1", entries, before: [] }],
    ["snapshot", snapshotFormat, snapshot],
  ])("read a %s back as it was written, and always as the same bytes", (name, format, value) => {
    const bytes = format.encode(value as never);

    expect(format.decode(name, bytes)).toEqual(value);
    expect(format.encode(value as never)).toEqual(bytes);
  });

  it("know every section that a gap may name", () => {
    const why = { reason: "denied", detail: "no right" };
    const gaps = [
      ...Object.keys(sections()).map((section) => ({ section, database: null, ...why })),
      ...Object.keys(database("app").sections).map((section) => ({ section, database: "app", ...why })),
    ];
    const result = { ...serverResult(), gaps };

    expect(resultFormat.decode("r", new TextEncoder().encode(JSON.stringify(result)))).toEqual(result);
  });

  it.each([
    ["empty", "", "its 0 bytes are no JSON"],
    ["cut short", '{"runId":"r1', "its 12 bytes are no JSON"],
    ["of another form", "[]", "unexpected"],
    ["without a field", JSON.stringify({ ...run(), status: undefined }), "unexpected status"],
    ["with a word that is none", JSON.stringify({ ...run(), status: "done" }), "unexpected status"],
  ])("refuse a blob that is %s, by its name", (_name, text, message) => {
    const bytes = new TextEncoder().encode(text);

    expect(() => runFormat.decode("runs/r1/run.json", bytes)).toThrow(DamagedBlobError);
    expect(() => runFormat.decode("runs/r1/run.json", bytes)).toThrow(`Blob runs/r1/run.json is damaged: ${message}`);
  });

  it("refuse a snapshot that is not the one that was approved", () => {
    const other = snapshotOf(posture({ roles: collected([role("eve")]) }));
    const bytes = baselineFormat.encode({ ...baseline, snapshot: other });

    expect(() => baselineFormat.decode("b", bytes)).toThrow(
      `Blob b is damaged: its snapshot has digest ${digestOf(other)}, not ${digest}.`,
    );
  });

  describe("of snapshot version 1", () => {
    const first = { schema: "pgwarden.snapshot/1", serverId: serverRef().id, parts: {} };
    const firstDigest = sha256(`${canonicalJson(first)}\n`);
    function bytesOf(value: object): Uint8Array {
      return new TextEncoder().encode(`${canonicalJson(value)}\n`);
    }

    it("say that a state is outdated, not damaged", () => {
      const bytes = bytesOf({ ...latest, snapshot: first, digest: firstDigest });

      expect(() => latestFormat.decode("l", bytes)).toThrow(OutdatedBlobError);
      expect(() => latestFormat.decode("l", bytes)).toThrow(
        'Blob l is of an earlier version: it has schema "pgwarden.snapshot/1", and this version compares "pgwarden.snapshot/2" only; scan the server again.',
      );
    });

    it("keep a baseline readable, without what it would compare with", () => {
      const bytes = bytesOf({ ...baseline, snapshot: first, digest: firstDigest });

      const read = baselineFormat.decode("b", bytes);

      expect(read).toMatchObject({ approvedBy: "ann@example.com", reason: "reviewed", snapshot: null });
      expect(read).toHaveProperty(
        "outdated",
        expect.stringMatching(
          /^The baseline that ann@example.com approved .* is not in force: .*; scan the server again and approve what it finds\.$/,
        ),
      );
    });

    it("still see that a baseline was edited", () => {
      const bytes = bytesOf({ ...baseline, snapshot: { ...first, parts: { roles: {} } }, digest: firstDigest });

      expect(() => baselineFormat.decode("b", bytes)).toThrow(DamagedBlobError);
    });
  });

  it("refuse a snapshot with a number that no JSON has", () => {
    const text = new TextDecoder()
      .decode(latestFormat.encode(latest))
      .replace('"connectionLimit":null', '"connectionLimit":1e999');

    expect(() => latestFormat.decode("l", new TextEncoder().encode(text))).toThrow(DamagedBlobError);
  });

  it("refuse a snapshot that is no gzip or cut short", () => {
    const bytes = snapshotFormat.encode(snapshot);

    for (const damaged of [bytes.subarray(0, 30), new Uint8Array(), new TextEncoder().encode("{}")])
      expect(() => snapshotFormat.decode("s.json.gz", damaged)).toThrow(DamagedBlobError);
  });
});

describe("serverKey", () => {
  it("is readable, unique, and the same whatever the case of the id", () => {
    const { id } = serverRef();

    expect(serverKey(id)).toMatch(/^orders-[0-9a-f]{8}$/);
    expect(serverKey(id.toUpperCase())).toBe(serverKey(id));
    expect(serverKey(id.replace("/shop/", "/other/"))).not.toBe(serverKey(id));
  });
});

describe("blobNames", () => {
  it("sort by time and hold no colon", () => {
    const names = ["2026-11-22T06:00:00.000Z", "2026-11-22T06:00:00.001Z", "2026-12-01T00:00:00.000Z"].map((at) =>
      blobNames.baseline("orders-1", at),
    );

    expect(names).toEqual([...names].sort());
    expect(names.join("")).not.toContain(":");
    expect(blobNames.result("r1", "orders-1")).toBe("runs/r1/servers/orders-1.json");
  });
});

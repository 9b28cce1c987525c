import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { officialExample } from "../officialExample.ts";
import { type Answer, ARM, MONITOR, rejection, startTestAzure, type TestAzure } from "../testAzure.ts";

const STREAM = "Custom-Test_CL";

let azure: TestAzure;

beforeEach(async () => {
  azure = await startTestAzure();
});

afterEach(() => azure.close());

function rows(): unknown[] {
  return azure.state.rule.rows.get(STREAM) ?? [];
}

function path(): string {
  return `/dataCollectionRules/${azure.state.rule.immutableId}/streams/${STREAM}?api%2Dversion=2023-01-01`;
}

function post(body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  return azure.send("POST", path(), { audience: MONITOR, headers, body });
}

/** Hours from now. */
function at(hours: number): string {
  return new Date(azure.clock.now.getTime() + hours * 3_600_000).toISOString();
}

/** Status and code of the one chunk that failed. */
async function uploadError(ruleId: string, stream: string, logs: Record<string, unknown>[]): Promise<unknown> {
  const error = await rejection(azure.logs.upload(ruleId, stream, logs));
  const [{ cause }] = error["errors"] as [{ cause: { statusCode: number; code: string } }];
  return { status: cause.statusCode, code: cause.code };
}

describe("ingestRoute", () => {
  it("takes the rows of the real client and keeps them", async () => {
    const TimeGenerated = azure.clock.now.toISOString();
    const sent = [
      { TimeGenerated, Name: "a", Count: 1, Ratio: 0.5, Detail: { deep: [1] } },
      { TimeGenerated, Name: null, Count: null },
    ];

    await azure.logs.upload(azure.state.rule.immutableId, STREAM, sent);

    expect(rows()).toEqual(sent);
    expect(azure.state.rule.unknownColumns).toEqual([]);
  });

  it("takes the official example, whose streams are declared for it", async () => {
    const { parameters } = officialExample("monitor-ingestion/post_IngestUsingDataCollectionRule");
    azure.state.rule.streams["Custom-Example"] = { Time: "datetime", Computer: "string", AdditionalContext: "dynamic" };
    const body = parameters["body"] as Record<string, unknown>[];

    await azure.logs.upload(azure.state.rule.immutableId, "Custom-Example", body);

    expect(azure.state.rule.rows.get("Custom-Example")).toEqual(body);
  });

  it("drops columns that the stream does not have, and remembers them", async () => {
    const TimeGenerated = azure.clock.now.toISOString();

    await azure.logs.upload(azure.state.rule.immutableId, STREAM, [{ TimeGenerated, Nmae: "typo" }]);

    expect(rows()).toEqual([{ TimeGenerated }]);
    expect(azure.state.rule.unknownColumns).toEqual([{ stream: STREAM, column: "Nmae" }]);
  });

  it.each([
    ["a number as text", { Name: 1 }],
    ["an object as text", { Name: {} }],
    ["text as int", { Count: "1" }],
    ["a fraction as int", { Count: 1.5 }],
    ["too large an int", { Count: 2 ** 31 }],
    ["text as real", { Ratio: "0.5" }],
    ["a number as datetime", { TimeGenerated: 0 }],
    ["a word as datetime", { TimeGenerated: "yesterday" }],
    ["a day that does not exist", { TimeGenerated: "2026-13-01T00:00:00Z" }],
  ])("refuses %s, and with it the whole chunk", async (_, wrong) => {
    const error = await uploadError(azure.state.rule.immutableId, STREAM, [{ Name: "innocent" }, wrong]);

    expect(error).toMatchObject({ status: 400 });
    expect(rows()).toEqual([]);
  });

  it("checks long and boolean", async () => {
    azure.state.rule.streams[STREAM] = { Big: "long", Flag: "boolean" };

    const good = await post([{ Big: 2 ** 40, Flag: false }]);
    const bad = [await post([{ Big: 0.5 }]), await post([{ Flag: "true" }])];

    expect(good.status).toBe(204);
    expect(bad.map(({ status }) => status)).toEqual([400, 400]);
  });

  it("refuses an unknown rule and an unknown stream", async () => {
    const rule = await uploadError(`dcr-${"0".repeat(32)}`, STREAM, [{}]);
    const stream = await uploadError(azure.state.rule.immutableId, "Custom-None", [{}]);

    expect(rule).toMatchObject({ status: 404 });
    expect(stream).toMatchObject({ status: 400 });
  });

  it("replaces a TimeGenerated that is missing, too old or too far ahead", async () => {
    await post([{}, { TimeGenerated: at(-49) }, { TimeGenerated: at(25) }, { TimeGenerated: at(-47) }]);

    const kept = rows().map((row) => (row as { TimeGenerated: string }).TimeGenerated);
    expect(kept).toEqual([at(0), at(0), at(0), at(-47)]);
  });

  it("cuts a text at 64 kB, between characters", async () => {
    await post([{ Name: "é".repeat(40_000) }, { Name: `a${"é".repeat(40_000)}` }]);

    const names = rows().map((row) => (row as { Name: string }).Name);
    expect(names.map((name) => Buffer.byteLength(name))).toEqual([65_536, 65_535]);
    expect(names.every((name) => name.endsWith("é"))).toBe(true);
  });

  it("refuses more than 1 MB, sent or unpacked", async () => {
    const large = JSON.stringify([{ Name: "a".repeat(1_048_576) }]);

    const plain = await post(large, { "content-type": "application/json" });
    const packed = await post(gzipSync(large), { "content-encoding": "gzip" });

    for (const answer of [plain, packed]) {
      expect(answer).toMatchObject({ status: 413, body: { error: { code: "ContentLengthLimitExceeded" } } });
    }
    expect(rows()).toEqual([]);
  });

  it("takes 1 MB to the byte", async () => {
    const frame = JSON.stringify([{ Name: "" }]);
    const exact = frame.replace('""', `"${"a".repeat(1_048_576 - frame.length)}"`);

    const answer = await post(gzipSync(exact), { "content-encoding": "gzip" });

    expect(answer.status).toBe(204);
  });

  it.each([
    ["no array", "{}", {}, 400],
    ["no JSON", "[", {}, 400],
    ["an array of texts", '["a"]', {}, 400],
    ["what claims to be gzip", "[]", { "content-encoding": "gzip" }, 400],
    ["another encoding", "[]", { "content-encoding": "br" }, 415],
    ["another type", "[]", { "content-type": "text/plain" }, 415],
  ])("refuses %s", async (_, body, headers, status) => {
    const answer = await post(body, { "content-type": "application/json", ...headers });

    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ error: { code: expect.any(String) } });
  });

  it("refuses a missing or wrong token, api-version, method and path", async () => {
    const unversioned = path().replace(/\?.*/, "");
    const answers = [
      await azure.send("POST", path(), { body: [] }),
      await azure.send("POST", path(), { audience: ARM, body: [] }),
      await azure.send("POST", path(), { headers: { authorization: "Bearer x" }, body: [] }),
      await azure.send("POST", unversioned, { audience: MONITOR, body: [] }),
      await azure.send("GET", path(), { audience: MONITOR }),
      await azure.send("POST", unversioned.replace("/streams/", "/tables/"), { audience: MONITOR, body: [] }),
    ];

    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 400, 405, 404]);
  });
});

import { type ChildProcess, execFile, fork } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { unzipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { demoFleet } from "../../shared/local/demoFleet.ts";
import { type LocalAzure, startLocalAzure } from "../../shared/local/startLocalAzure.ts";
import { streamColumns } from "../../shared/publish/tables.ts";
import type { BundleReply, BundleRequest } from "./bundleChild.ts";

const root = process.cwd();
const bundle = join(root, "dist/main.mjs");

let local: LocalAzure;
let child: ChildProcess;

async function ask(request: BundleRequest): Promise<BundleReply> {
  child.send(request);
  const [reply] = (await once(child, "message")) as [BundleReply];
  return reply;
}

interface HttpValue {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

async function http(request: Omit<BundleRequest & { kind: "http" }, "kind">): Promise<HttpValue> {
  const { error, value } = await ask({ kind: "http", ...request });
  expect(error).toBeNull();
  return value as HttpValue;
}

beforeAll(async () => {
  await promisify(execFile)(join(root, "node_modules/.bin/tsx"), ["infra/package.ts"], { cwd: root });
  local = await startLocalAzure({ fleet: demoFleet, streams: streamColumns() });
  const env = { PATH: process.env["PATH"], ...local.environment };
  child = fork(join(root, "test/functions/bundleChild.ts"), [bundle], { cwd: root, env, stdio: "inherit" });
  await once(child, "message");
}, 120_000);

afterAll(async () => {
  child.kill();
  await local.stop();
});

describe("the built bundle", () => {
  it("registers exactly these functions", async () => {
    const { value } = await ask({ kind: "list" });
    const { functions } = value as { functions: { name: string; bindings: Record<string, Record<string, unknown>> }[] };

    const list = functions.map(({ name, bindings }) => {
      const trigger = Object.values(bindings).find(({ direction }) => direction === "in") ?? {};
      const { type, route, methods, authLevel, schedule, queueName, connection, runOnStartup } = trigger;
      return [name, { type, route, methods, authLevel, schedule, queueName, connection, runOnStartup }];
    });
    expect(Object.fromEntries(list)).toEqual({
      scanTimer: { type: "timerTrigger", schedule: "%PGWARDEN_SCAN_SCHEDULE%" },
      finishRuns: { type: "timerTrigger", schedule: "30 * * * * *" },
      deliverSpool: { type: "timerTrigger", schedule: "0 */5 * * * *" },
      scanServer: { type: "queueTrigger", queueName: "scan-server", connection: "AzureWebJobsStorage" },
      serverChanged: { type: "queueTrigger", queueName: "server-changed", connection: "AzureWebJobsStorage" },
      postScans: { type: "httpTrigger", route: "scans", methods: ["POST"], authLevel: "function" },
      getScan: { type: "httpTrigger", route: "scans/{runId}", methods: ["GET"], authLevel: "function" },
      getHealth: { type: "httpTrigger", route: "health", methods: ["GET"], authLevel: "anonymous" },
    });
    expect(list).toHaveLength(8);
  });

  it("works through a run: start over HTTP, every server from the queue, finish, read", async () => {
    const post = { name: "postScans", method: "POST", path: "/api/scans", body: "{}" };
    const started = await http({ ...post, headers: { "idempotency-key": "bundle" } });
    const again = await http({ ...post, headers: { "idempotency-key": "bundle" } });
    expect(started.status).toBe(202);
    expect(again.body).toBe(started.body);
    const { runId, servers } = JSON.parse(started.body) as { runId: string; servers: number };
    expect(started.headers["location"]).toBe(`/api/scans/${runId}`);
    expect(servers).toBe(local.servers.length);

    for (const { id } of local.servers) {
      const text = JSON.stringify({ v: 1, runId, server: id, reason: "http" });
      expect(await ask({ kind: "queue", name: "scanServer", text })).toMatchObject({ error: null });
    }
    expect(await ask({ kind: "timer", name: "finishRuns" })).toMatchObject({ error: null });
    const read = await http({ name: "getScan", method: "GET", path: `/api/scans/${runId}`, params: { runId } });

    expect(JSON.parse(read.body)).toMatchObject({ runId, status: "succeeded", expected: servers, answered: servers });
    expect(local.state.rule.rows.get("Custom-PgWardenFinding_CL")?.length).toBeGreaterThan(50);
    const health = await http({ name: "getHealth", method: "GET", path: "/api/health" });
    expect(health).toMatchObject({ status: 200, body: '{"status":"ok"}' });
  }, 60_000);

  it("starts the fleet's run from the timer, and finds an empty spool", async () => {
    const first = await ask({ kind: "timer", name: "scanTimer" });
    const repeated = await ask({ kind: "timer", name: "scanTimer" });
    const spool = await ask({ kind: "timer", name: "deliverSpool" });

    expect([first.error, repeated.error, spool.error]).toEqual([null, null, null]);
    const runIds = [first, repeated].map(
      ({ logs }) => (JSON.parse(logs[0]?.message ?? "{}") as { runId: string }).runId,
    );
    expect(runIds[0]).toMatch(/^timer-\d{8}T\d{6}Z$/);
    expect(runIds[1]).toBe(runIds[0]);
  }, 60_000);

  it("plans one scan for a burst of changes of one server", async () => {
    const server = local.servers[0];
    if (server === undefined) throw new Error("the fleet is empty");
    const text = JSON.stringify({ id: "1", subject: `${server.id}/firewallRules/x`, data: {} });

    const replies = [
      await ask({ kind: "queue", name: "serverChanged", text }),
      await ask({ kind: "queue", name: "serverChanged", text }),
    ];

    expect(replies.map(({ error }) => error)).toEqual([null, null]);
    expect(replies[0]?.logs[0]?.message).toContain("scan of a changed server planned");
  });

  it.each([
    ["scanServer", "not json"],
    ["scanServer", '{"v":2}'],
    ["scanServer", '{"v":1,"runId":"cli-20991122T060500Z-1","server":"/x","reason":"cli"}'],
    ["serverChanged", "[]"],
  ])("sets a malformed message of %s aside: %s", async (name, text) => {
    const { error, logs } = await ask({ kind: "queue", name, text });

    expect(error).toBeNull();
    expect(logs.map(({ level, message }) => [level, (JSON.parse(message) as { message: string }).message])).toEqual([
      ["warning", "message refused"],
    ]);
  });

  it.each([
    ["a body that is not JSON", "{", 400],
    ["an unknown key", '{"server":["orders"]}', 400],
    ["an unknown server", '{"servers":["billing"]}', 404],
    ["a body that is too large", JSON.stringify({ reason: "x".repeat(70_000) }), 413],
  ])("answers %s with a problem", async (_name, body, status) => {
    const answer = await http({ name: "postScans", method: "POST", path: "/api/scans", body });

    expect(answer.status).toBe(status);
    expect(answer.headers["content-type"]).toBe("application/problem+json");
    expect(JSON.parse(answer.body)).toMatchObject({ status });
  });

  it.each(["cli-20991122T060500Z-1", "..%2f..%2fsecrets"])("knows no run %s", async (runId) => {
    const answer = await http({ name: "getScan", method: "GET", path: `/api/scans/x`, params: { runId } });

    expect(answer.status).toBe(404);
  });
});

describe("the package", () => {
  it("holds host.json, package.json and one bundle, and no more than 2 MB of code", async () => {
    const files = unzipSync(await readFile(join(root, "dist/pgwarden.zip")));

    expect(Object.keys(files).sort()).toEqual(["dist/main.mjs", "host.json", "package.json"]);
    expect(files["dist/main.mjs"]?.length).toBeLessThan(2_000_000);
    const manifest = JSON.parse(Buffer.from(files["package.json"] ?? []).toString()) as Record<string, unknown>;
    expect(manifest).toMatchObject({ main: "dist/main.mjs", type: "module" });
    expect(Buffer.from(files["host.json"] ?? [])).toEqual(await readFile(join(root, "host.json")));
  });

  it("has the same bytes when it is made again", async () => {
    const before = await readFile(join(root, "dist/pgwarden.zip"));
    await promisify(execFile)(join(root, "node_modules/.bin/tsx"), ["infra/package.ts"], { cwd: root });
    const after = await readFile(join(root, "dist/pgwarden.zip"));

    expect(digest(after)).toBe(digest(before));
  }, 60_000);
});

function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

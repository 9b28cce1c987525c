import { type ChildProcess, execFile, fork } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { unzipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { maxTries } from "../../functions/auditLastTry.ts";
import { useVariables } from "../../shared/config/useVariables.ts";
import { demoFleet } from "../../shared/local/demoFleet.ts";
import { type LocalAzure, startLocalAzure } from "../../shared/local/startLocalAzure.ts";
import { blobNames } from "../../shared/publish/stateBlobs.ts";
import { streamColumns } from "../../shared/publish/tables.ts";
import { wireProcess } from "../../shared/wiring.ts";
import type { BundleReply, BundleRequest } from "./bundleChild.ts";

const root = process.cwd();
const bundle = join(root, "dist/main.mjs");

let local: LocalAzure;
let child: ChildProcess;

async function ask(request: BundleRequest, process = child): Promise<BundleReply> {
  process.send(request);
  const [reply] = (await once(process, "message")) as [BundleReply];
  return reply;
}

interface HttpValue {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

async function http(request: Omit<BundleRequest & { kind: "http" }, "kind">, process = child): Promise<HttpValue> {
  const { error, value } = await ask({ kind: "http", ...request }, process);
  expect(error).toBeNull();
  return value as HttpValue;
}

/** A GET below one server. */
async function of(name: string, rest: string, server: string): Promise<HttpValue> {
  return await http({ name, method: "GET", path: `/api/servers/${server}${rest}`, params: { server } });
}

async function approve(server: string, body: object): Promise<HttpValue> {
  const path = `/api/servers/${server}/baseline`;
  return await http({ name: "postBaseline", method: "POST", path, params: { server }, body: JSON.stringify(body) });
}

/** The header that App Service adds for somebody with that role. */
function signedIn(role: string): Readonly<Record<string, string>> {
  const principal = { claims: [{ typ: "roles", val: role }], role_typ: "roles" };
  return { "x-ms-client-principal": Buffer.from(JSON.stringify(principal)).toString("base64") };
}

beforeAll(async () => {
  await promisify(execFile)(join(root, "node_modules/.bin/tsx"), ["infra/package.ts"], { cwd: root });
  local = await startLocalAzure({ fleet: demoFleet, streams: streamColumns() });
  const env = { PATH: process.env["PATH"], ...local.environment };
  child = await forked(env);
}, 120_000);

async function forked(env: Readonly<Record<string, string | undefined>>): Promise<ChildProcess> {
  const started = fork(join(root, "test/functions/bundleChild.ts"), [bundle], { cwd: root, env, stdio: "inherit" });
  await once(started, "message");
  return started;
}

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
      getServers: { type: "httpTrigger", route: "servers", methods: ["GET"], authLevel: "function" },
      getServer: { type: "httpTrigger", route: "servers/{server}", methods: ["GET"], authLevel: "function" },
      getFindings: { type: "httpTrigger", route: "servers/{server}/findings", methods: ["GET"], authLevel: "function" },
      getDrift: { type: "httpTrigger", route: "servers/{server}/drift", methods: ["GET"], authLevel: "function" },
      getAccess: { type: "httpTrigger", route: "servers/{server}/access", methods: ["GET"], authLevel: "function" },
      postBaseline: {
        type: "httpTrigger",
        route: "servers/{server}/baseline",
        methods: ["POST"],
        authLevel: "function",
      },
      rotateTimer: { type: "timerTrigger", schedule: "%PGWARDEN_ROTATE_SCHEDULE%" },
      recoverTimer: { type: "timerTrigger", schedule: "%PGWARDEN_RECOVER_SCHEDULE%" },
      rotateCredential: { type: "queueTrigger", queueName: "rotate-credential", connection: "AzureWebJobsStorage" },
      getCredentials: { type: "httpTrigger", route: "credentials", methods: ["GET"], authLevel: "function" },
      getCredential: { type: "httpTrigger", route: "credentials/{name}", methods: ["GET"], authLevel: "function" },
      postRotations: {
        type: "httpTrigger",
        route: "credentials/{name}/rotations",
        methods: ["POST"],
        authLevel: "function",
      },
    });
    expect(list).toHaveLength(20);
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

  it("lists the servers and tells of one, its findings and its access, from what is stored", async () => {
    const requests = local.emulator.requests.length;
    const all = await http({ name: "getServers", method: "GET", path: "/api/servers" });
    const one = await of("getServer", "", "orders");
    const findings = await of("getFindings", "/findings?state=open", "ORDERS");
    const access = await of("getAccess", "/access?to=azure_pg_admin", "orders");
    const table = await of("getAccess", "/access?to=public.accounts&database=shop", "orders");

    expect([all, one, findings, access, table].map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    const { servers, nextLink } = JSON.parse(all.body) as { servers: { name: string }[]; nextLink: null };
    expect(servers.map(({ name }) => name)).toEqual(["crm", "ledger", "orders"]);
    expect(nextLink).toBeNull();
    expect(JSON.parse(one.body)).toMatchObject({ name: "orders", status: "succeeded", gaps: [], baseline: null });
    const open = (JSON.parse(findings.body) as { findings: { controlId: string; resolvedAt: string | null }[] })
      .findings;
    expect(open.map(({ controlId }) => controlId)).toContain("role-guessable-name");
    expect(open.filter(({ resolvedAt }) => resolvedAt !== null)).toEqual([]);
    expect(JSON.parse(access.body)).toMatchObject({
      target: { kind: "role", name: "azure_pg_admin" },
      principals: expect.arrayContaining([
        expect.objectContaining({ role: "pgadmin", login: true, path: ["pgadmin", "azure_pg_admin"] }),
      ]) as unknown,
    });
    expect(JSON.parse(table.body)).toMatchObject({
      target: { kind: "table", database: "shop", schema: "public", name: "accounts", rowSecurity: "on" },
    });
    // Nothing of this was a scan.
    expect(local.emulator.requests.slice(requests).filter(({ path }) => /flexibleservers/i.test(path))).toEqual([]);
  }, 60_000);

  it("lists the servers page by page, along the link of each page", async () => {
    const pages: unknown[] = [];
    let path: string | null = "/api/servers?top=2";
    while (path !== null) {
      const { status, body } = await http({ name: "getServers", method: "GET", path });
      expect(status).toBe(200);
      const page = JSON.parse(body) as { servers: { name: string }[]; nextLink: string | null };
      pages.push(page.servers.map(({ name }) => name));
      path = page.nextLink;
    }

    expect(pages).toEqual([["crm", "ledger"], ["orders"]]);
  });

  it.each(["top=0", "top=201", "top=-1", "top=1.5", "top=x", "top=", "after=", "after=../runs", "after=A"])(
    "answers a list of servers with %s with a problem",
    async (query) => {
      const answer = await http({ name: "getServers", method: "GET", path: `/api/servers?${query}` });

      expect(answer.status).toBe(400);
      expect(answer.headers["content-type"]).toBe("application/problem+json");
      expect(JSON.parse(answer.body)).toMatchObject({ status: 400, title: "Bad request" });
    },
  );

  it("approves a baseline by its digest, and refuses one that has moved", async () => {
    const { digest } = JSON.parse((await of("getServer", "", "ledger")).body) as { digest: string };
    const approval = { digest, reason: "reviewed", expires: "2999-01-31" };

    const before = await of("getDrift", "/drift", "ledger");
    const moved = await approve("ledger", { ...approval, digest: "0".repeat(64) });
    const approved = await approve("ledger", approval);
    const after = await of("getDrift", "/drift", "ledger");

    expect(JSON.parse(before.body)).toMatchObject({ baseline: null, sinceBaseline: null, lastChange: null });
    expect(moved.status).toBe(409);
    expect(moved.headers["content-type"]).toBe("application/problem+json");
    expect(JSON.parse(moved.body)).toMatchObject({ status: 409, digest });
    expect(approved.status).toBe(201);
    const baseline = { state: "inForce", digest, isCurrent: true, approvedBy: "function-key", reason: "reviewed" };
    expect(JSON.parse(approved.body)).toMatchObject(baseline);
    expect(JSON.parse(after.body)).toMatchObject({ baseline, sinceBaseline: [], lastChange: null });
  }, 60_000);

  it.each([
    ["getServer", "GET", "", "billing", "", 404],
    ["getServer", "GET", "", "../../runs", "", 404],
    ["getFindings", "GET", "/findings", "billing", "", 404],
    ["getFindings", "GET", "/findings?state=broken", "orders", "", 400],
    ["getDrift", "GET", "/drift", "billing", "", 404],
    ["getAccess", "GET", "/access?to=azure_pg_admin", "billing", "", 404],
    ["getAccess", "GET", "/access", "orders", "", 400],
    ["getAccess", "GET", "/access?to=nobody.nothing", "orders", "", 404],
    ["getAccess", "GET", "/access?to=public.accounts&database=x", "orders", "", 404],
    ["postBaseline", "POST", "/baseline", "orders", '{"digest":"x","reason":"r"}', 400],
    ["postBaseline", "POST", "/baseline", "orders", `{"digest":"${"0".repeat(64)}"}`, 400],
    ["postBaseline", "POST", "/baseline", "billing", `{"digest":"${"0".repeat(64)}","reason":"r"}`, 404],
  ])("answers %s %s %s of %s with a problem", async (name, method, rest, server, body, status) => {
    const path = `/api/servers/${encodeURIComponent(server)}${rest}`;
    const answer = await http({ name, method, path, params: { server }, ...(body === "" ? {} : { body }) });

    expect(answer.status).toBe(status);
    expect(answer.headers["content-type"]).toBe("application/problem+json");
    expect(JSON.parse(answer.body)).toMatchObject({ status });
  });

  it("behind the platform's sign-in, lets readers read and only approvers approve", async () => {
    const path = process.env["PATH"];
    const guarded = await forked({ PATH: path, ...local.environment, WEBSITE_AUTH_ENABLED: "True" });
    const body = JSON.stringify({ digest: "0".repeat(64), reason: "r" });
    const routes = ["getServers", "getServer", "getFindings", "getDrift", "getAccess", "postBaseline"];
    async function statuses(headers: Readonly<Record<string, string>>): Promise<readonly number[]> {
      const answers: number[] = [];
      for (const name of routes) {
        const request = { name, method: name === "postBaseline" ? "POST" : "GET", path: "/api/x?to=azure_pg_admin" };
        const params = { server: "orders" };
        const sent =
          request.method === "POST" ? { ...request, params, headers, body } : { ...request, params, headers };
        answers.push((await http(sent, guarded)).status);
      }
      return answers;
    }
    try {
      expect(await statuses({})).toEqual([401, 401, 401, 401, 401, 401]);
      expect(await statuses(signedIn("PgWarden.Reader"))).toEqual([200, 200, 200, 200, 200, 403]);
      expect(await statuses(signedIn("PgWarden.Approver"))).toEqual([403, 403, 403, 403, 403, 409]);
    } finally {
      guarded.kill();
    }
  }, 60_000);

  it("refuses an approval that would be over at once", async () => {
    const { digest } = JSON.parse((await of("getServer", "", "crm")).body) as { digest: string };

    const answer = await approve("crm", { digest, reason: "r", expires: "2020-01-01" });

    expect(answer.status).toBe(400);
    expect(JSON.parse((await of("getServer", "", "crm")).body)).toMatchObject({ baseline: null });
  });

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

  it("leaves one audit line of a message that failed for the last time, and lets the host move it", async () => {
    const runId = "cli-20991122T060500Z-9";
    const { ports, signal } = await wireProcess(useVariables(local.environment), new AbortController().signal);
    await ports.store.write(blobNames.run(runId), Buffer.from("{}"), "replace", signal);
    const message = { v: 1, runId, server: "/x", reason: "cli" };
    const text = JSON.stringify(message);
    function poisoned(): readonly unknown[] {
      const lines = local.state.rule.rows.get("Custom-PgWardenAudit_CL") ?? [];
      return lines.flatMap((line) => (line["Action"] === "message.poison" ? [line] : []));
    }

    const fourth = await ask({ kind: "queue", name: "scanServer", text, dequeueCount: 4 });
    const before = poisoned();
    const fifth = await ask({ kind: "queue", name: "scanServer", text, dequeueCount: 5 });

    expect(fourth.error).not.toBeNull();
    expect(fifth.error).toBe(fourth.error);
    expect(before).toEqual([]);
    const fault = fourth.error?.split(":")[0];
    expect(poisoned()).toEqual([
      expect.objectContaining({
        Target: "scan-server",
        Outcome: "poisoned",
        Detail: { tries: 5, fault, digest: createHash("sha256").update(text).digest("hex") },
      }),
    ]);
    expect(fifth.logs.map(({ level, message: line }) => [level, JSON.parse(line) as unknown])).toEqual([
      ["error", expect.objectContaining({ message: "message poisoned", queue: "scan-server", tries: 5, fault })],
    ]);
  }, 60_000);

  it("counts tries as host.json does", async () => {
    const { extensions } = JSON.parse(await readFile(join(root, "host.json"), "utf8")) as {
      extensions: { queues: { maxDequeueCount: number } };
    };

    expect(maxTries).toBe(extensions.queues.maxDequeueCount);
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

  it("carries no developer's credential: it signs in with its managed identity or not at all", async () => {
    const text = await readFile(bundle, "utf8");

    // What the credential of the Azure CLI runs; the managed identity's own word shows that the search finds such words.
    expect(text.includes("get-access-token")).toBe(false);
    expect(text.includes("IDENTITY_ENDPOINT")).toBe(true);
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

import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { rotationFleet } from "../../shared/local/rotationFleet.ts";
import { type LocalAzure, startLocalAzure } from "../../shared/local/startLocalAzure.ts";
import { streamColumns } from "../../shared/publish/tables.ts";
import { ledgerSetup } from "../../shared/rotate/ledgerSql.ts";
import { describePostgres, testTemplates } from "../describePostgres.ts";
import type { BundleReply, BundleRequest } from "./bundleChild.ts";

const root = process.cwd();

interface HttpValue {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

// One story: each test goes on from where the one before has left the credentials.
describePostgres([17], (major) => {
  const [report, shop, admin] = [`report-${major}`, `shop-${major}`, `admin-${major}`] as const;
  let local: LocalAzure;
  let child: ChildProcess;
  const replies: string[] = [];

  beforeAll(async () => {
    local = await startLocalAzure({ fleet: rotationFleet([major]), streams: streamColumns(), ...testTemplates() });
    child = await forked({});
  }, 120_000);

  afterAll(async () => {
    child.kill();
    await local.stop();
  });

  /** The functions from their sources, in a process of their own. */
  async function forked(more: Readonly<Record<string, string>>): Promise<ChildProcess> {
    const started = fork(join(root, "test/functions/bundleChild.ts"), [join(root, "functions/main.ts")], {
      cwd: root,
      env: { PATH: process.env["PATH"], ...local.environment, ...more },
      execArgv: ["--import", "tsx"],
      stdio: "inherit",
    });
    await once(started, "message");
    return started;
  }

  async function ask(request: BundleRequest, of = child): Promise<BundleReply> {
    of.send(request);
    const [reply] = (await once(of, "message")) as [BundleReply];
    replies.push(JSON.stringify(reply));
    return reply;
  }

  async function http(request: Omit<BundleRequest & { kind: "http" }, "kind">, of = child): Promise<HttpValue> {
    const { error, value } = await ask({ kind: "http", ...request }, of);
    expect(error).toBeNull();
    return value as HttpValue;
  }

  async function get(credential: string): Promise<Record<string, unknown>> {
    const path = `/api/credentials/${credential}`;
    const { body } = await http({ name: "getCredential", method: "GET", path, params: { name: credential } });
    return JSON.parse(body) as Record<string, unknown>;
  }

  async function post(credential: string, more: { headers?: Record<string, string>; body?: string } = {}) {
    const path = `/api/credentials/${credential}/rotations`;
    return await http({ name: "postRotations", method: "POST", path, params: { name: credential }, ...more });
  }

  /** The line that a message's handling logs. */
  async function handle(credential: string, requestId: string): Promise<Record<string, unknown>> {
    const text = JSON.stringify({ v: 1, credential, requestId, reason: "http" });
    const { error, logs } = await ask({ kind: "queue", name: "rotateCredential", text });
    expect(error).toBeNull();
    expect(logs.map(({ level }) => level)).toEqual(["information"]);
    return JSON.parse(logs[0]?.message ?? "{}") as Record<string, unknown>;
  }

  function rows(): readonly Readonly<Record<string, unknown>>[] {
    return local.state.rule.rows.get("Custom-PgWardenRotation_CL") ?? [];
  }

  it("queues what somebody asks for, the same request for the same key", async () => {
    const headers = { "idempotency-key": "k" };
    const [first, again, other] = [
      await post(report, { headers }),
      await post(report, { headers, body: '{"reason":"leaked"}' }),
      await post(shop, { headers }),
    ];

    expect([first.status, again.status, other.status]).toEqual([202, 202, 202]);
    expect(first.headers["location"]).toBe(`/api/credentials/${report}`);
    expect(JSON.parse(first.body)).toMatchObject({ credential: report, status: "queued" });
    expect(again.body).toBe(first.body);
    const ids = [first, other].map(({ body }) => (JSON.parse(body) as { requestId: string }).requestId);
    expect(new Set(ids).size).toBe(2);
  }, 60_000);

  it("says what stands in the way, and what to run", async () => {
    const line = await handle(report, "http-before-setup");

    expect(line).toMatchObject({ message: "rotation handled", state: "refused", delivery: "delivered" });
    expect(await get(report)).toMatchObject({
      state: "refused",
      published: null,
      problem: { codes: expect.arrayContaining(["LEDGER_MISSING"]) as unknown },
      requests: [{ id: "http-before-setup", status: "done" }],
    });
  }, 60_000);

  it("rotates each strategy from a message", async () => {
    const [server] = local.servers;
    await server?.asSuperuser(async (client) => {
      await client.query('set role "pgwarden-rotator"');
      for (const { sql } of ledgerSetup) await client.query(sql);
    });

    const states = [];
    for (const credential of [report, shop, admin]) states.push((await handle(credential, "http-rotate-1"))["state"]);

    expect(states).toEqual(["rotated", "rotated", "rotated"]);
    expect(await get(shop)).toMatchObject({
      state: "healthy",
      secret: "present",
      overdue: false,
      intent: null,
      problem: null,
      // The fleet logs every statement, for tests that look for passwords in there.
      advice: [{ code: "STATEMENTS_LOGGED" }],
      published: { generation: 1 },
    });
    const published = rows().filter((row) => row["Step"] === "publish" && row["StepOutcome"] === "done");
    expect(published.map((row) => [row["Credential"], row["ServerName"]])).toEqual(
      [report, shop, admin].map((credential) => [credential, `shop-${major}`]),
    );
  }, 120_000);

  it("handles a message twice without a second rotation", async () => {
    const before = await get(report);

    const line = await handle(report, "http-rotate-1");
    const queued = await post(report, { headers: { "idempotency-key": "another" } });

    expect(line).toMatchObject({ message: "request was granted already" });
    expect((await get(report))["published"]).toMatchObject({
      version: (before["published"] as { version: string }).version,
    });
    expect(queued.status).toBe(202);
  }, 60_000);

  it("says of a request that met another worker five times that it was given up", async () => {
    const requestId = "http-busy-0001";
    const text = JSON.stringify({ v: 1, credential: report, requestId, reason: "http" });
    async function handed(dequeueCount: number) {
      const { error } = await ask({ kind: "queue", name: "rotateCredential", text, dequeueCount });
      const { requests } = (await get(report)) as { requests: { id: string; status: string }[] };
      return [error?.split(":")[0] ?? null, requests.find(({ id }) => id === requestId)?.status];
    }
    const [server] = local.servers;
    const tries: unknown[] = [];
    await server?.asSuperuser(async (client) => {
      await client.query("select pg_advisory_lock(hashtextextended('pgwarden:' || $1, 0))", [report]);
      for (const dequeueCount of [1, 4, 5]) tries.push(await handed(dequeueCount));
    });

    expect(tries).toEqual([
      ["CredentialBusyError", "begun"],
      ["CredentialBusyError", "begun"],
      ["CredentialBusyError", "failed"],
    ]);
    const lines = local.state.rule.rows.get("Custom-PgWardenAudit_CL") ?? [];
    const detail = { tries: 5, fault: "CredentialBusyError" };
    expect(lines.filter((line) => line["Outcome"] === "poisoned" || line["Action"] === "rotation.giveUp")).toEqual([
      expect.objectContaining({ Action: "rotation.giveUp", Target: report, RunId: requestId, Detail: detail }),
      expect.objectContaining({ Target: "rotate-credential", Detail: expect.objectContaining(detail) as unknown }),
    ]);
    // Sent again once the other worker is done, it is granted.
    expect(await handed(1)).toEqual([null, "done"]);
  }, 120_000);

  it("proves every secret from the timer, and tells nothing that is not new", async () => {
    const before = rows().length;

    const { error, logs } = await ask({ kind: "timer", name: "recoverTimer" });

    expect(error).toBeNull();
    expect(logs.map(({ message }) => JSON.parse(message) as unknown)).toMatchObject([
      { message: "credentials recovered", credentials: 3, well: 3 },
    ]);
    expect(rows()).toHaveLength(before);
  }, 60_000);

  it("begins nothing that is not due, and gives every credential its row", async () => {
    const before = rows().length;

    const { error, logs } = await ask({ kind: "timer", name: "rotateTimer" });

    expect(error).toBeNull();
    expect(JSON.parse(logs[0]?.message ?? "{}")).toMatchObject({ begun: 0, waiting: 0, unread: 0 });
    const made = rows().slice(before);
    expect(made.map((row) => [row["Credential"], row["Reason"], row["State"], row["LogsIn"]])).toEqual(
      [shop, report, admin].map((credential) => [credential, "status", "healthy", true]),
    );
  }, 60_000);

  it.each([
    "not json",
    '{"v":2}',
    '{"v":1,"credential":"nobody","requestId":"http-12345678","reason":"http"}',
    '{"v":1,"credential":"x","requestId":"../../x","reason":"http"}',
    '{"v":1,"credential":"x","requestId":"http-12345678","reason":"http","password":"x"}',
  ])("sets a message aside that no retry can help: %s", async (text) => {
    const { error, logs } = await ask({ kind: "queue", name: "rotateCredential", text });

    expect(error).toBeNull();
    expect(logs.map(({ level, message }) => [level, (JSON.parse(message) as { message: string }).message])).toEqual([
      ["warning", "message refused"],
    ]);
  });

  it.each([
    ["an unknown credential", "billing", {}, 404],
    ["a name that leads elsewhere", "../state", {}, 404],
    ["an unknown key", report, { body: '{"now":true}' }, 400],
    ["a key that is too long", report, { headers: { "idempotency-key": "k".repeat(201) } }, 400],
  ])("answers a request for %s with a problem", async (_, credential, more, status) => {
    const answer = await post(credential, more);

    expect(answer.status).toBe(status);
    expect(answer.headers["content-type"]).toBe("application/problem+json");
  });

  it("lets readers read and only operators rotate", async () => {
    const guarded = await forked({ WEBSITE_AUTH_ENABLED: "True" });
    const params = { name: report };
    async function statuses(role: string | null): Promise<readonly number[]> {
      const principal = { claims: [{ typ: "roles", val: role }], role_typ: "roles" };
      const header = Buffer.from(JSON.stringify(principal)).toString("base64");
      const headers: Record<string, string> = role === null ? {} : { "x-ms-client-principal": header };
      const answers: number[] = [];
      for (const [name, method] of [
        ["getCredentials", "GET"],
        ["getCredential", "GET"],
        ["postRotations", "POST"],
      ] as const)
        answers.push((await http({ name, method, path: "/api/credentials", params, headers }, guarded)).status);
      return answers;
    }
    try {
      expect(await statuses(null)).toEqual([401, 401, 401]);
      expect(await statuses("PgWarden.Reader")).toEqual([200, 200, 403]);
      expect(await statuses("PgWarden.Operator")).toEqual([403, 403, 202]);
    } finally {
      guarded.kill();
    }
  }, 60_000);

  it("shows no password in any answer, log line, message or row", async () => {
    const list = await http({ name: "getCredentials", method: "GET", path: "/api/credentials" });

    const values = [...local.state.vault.secrets.values()].flatMap(({ versions }) =>
      [...versions.values()].map(({ value }) => value),
    );
    const passwords = values.map((value) => (JSON.parse(value) as { password: string }).password);
    const written = [list.body, ...replies, JSON.stringify([...local.state.rule.rows])].join("\n");
    expect(new Set(passwords).size).toBe(4); // the report's was rotated twice
    for (const password of passwords) expect(password.length).toBeGreaterThanOrEqual(40);
    expect(passwords.filter((password) => written.includes(password))).toEqual([]);
  });
});

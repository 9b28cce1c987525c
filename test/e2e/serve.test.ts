import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "@jest/globals";
import { openRunIds, readResults } from "../../shared/runs/runState.ts";
import { finishRuns } from "../../shared/runs/finishRuns.ts";
import { verifyAudit } from "../../shared/publish/verifyAudit.ts";
import { fleetUnderTest } from "./fleetUnderTest.ts";

const fleet = fleetUnderTest();
const signal = new AbortController().signal;

interface Served {
  readonly child: ChildProcess;
  readonly url: string;
  readonly functionKey: string;
  readonly logs: { functionName: string; level: string; message: string }[];
}

const children: ChildProcess[] = [];

afterEach(async () => {
  await Promise.all(children.splice(0).map(kill));
  fleet.local().emulator.faults.clear();
});

type ChildMessage =
  | { readonly kind: "ready"; readonly url: string; readonly functionKey: string }
  | { readonly kind: "log"; readonly functionName: string; readonly level: string; readonly message: string };

async function serve(): Promise<Served> {
  const env = { PATH: process.env["PATH"], ...fleet.local().environment };
  const script = join(process.cwd(), "test/e2e/serveChild.ts");
  const child = fork(script, { env, execArgv: ["--import", "tsx"], stdio: ["ignore", "ignore", "inherit", "ipc"] });
  children.push(child);
  const logs: Served["logs"] = [];
  const ready = await new Promise<ChildMessage & { kind: "ready" }>((resolve, reject) => {
    child.once("exit", (code) => {
      reject(new Error(`The functions host ended with ${String(code)}.`));
    });
    child.on("message", (message: ChildMessage) => {
      if (message.kind === "ready") resolve(message);
      else logs.push(message);
    });
  });
  return { child, url: ready.url, functionKey: ready.functionKey, logs };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}

async function until(what: string, holds: () => Promise<boolean> | boolean, limitMs = 25_000): Promise<void> {
  const end = Date.now() + limitMs;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`It did not come to pass that ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function post(served: Served, body: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  return await fetch(`${served.url}/api/scans`, {
    method: "POST",
    body,
    headers: { "x-functions-key": served.functionKey, ...headers },
  });
}

async function startRun(served: Served, body: object = {}): Promise<string> {
  const answer = await post(served, JSON.stringify(body));
  expect(answer.status).toBe(202);
  return ((await answer.json()) as { runId: string }).runId;
}

describe("the functions on this machine", () => {
  it("ask for the function key, except for health", async () => {
    const served = await serve();

    expect((await fetch(`${served.url}/api/scans`, { method: "POST" })).status).toBe(401);
    expect((await fetch(`${served.url}/api/scans/cli-20991122T060500Z-1`)).status).toBe(401);
    expect(await (await fetch(`${served.url}/api/health`)).json()).toEqual({ status: "neverScanned" });
  }, 60_000);

  it("scan over HTTP, by the real queue, to a closed run that can be read", async () => {
    const served = await serve();
    const { ports } = await fleet.wiring();

    const runId = await startRun(served);
    await until("every server has answered", async () => {
      return (await readResults(ports.store, runId, signal)).length === fleet.local().servers.length;
    });
    const closed = await finishRuns(ports, signal);
    const answer = await fetch(`${served.url}/api/scans/${runId}`, {
      headers: { "x-functions-key": served.functionKey },
    });

    expect(closed.map((run) => [run.runId, run.status])).toEqual([[runId, "succeeded"]]);
    expect(await answer.json()).toMatchObject({ runId, status: "succeeded", expected: 3, answered: 3 });
    expect(await (await fetch(`${served.url}/api/health`)).json()).toEqual({ status: "ok" });
  }, 60_000);

  it("lose nothing when they are killed in the middle of a scan: the message comes back and the run ends", async () => {
    const { ports } = await fleet.wiring();
    const first = await serve();
    // The scan of orders hangs in ARM: whenever we kill, it is under way.
    const path = /\/flexibleservers\/orders\/backups/i;
    const mend = fleet.local().emulator.faults.add({ path, action: { kind: "stall" } });
    const { requests } = fleet.local().emulator;
    const before = requests.length;
    const runId = await startRun(first, { servers: ["orders"] });
    // A stalled request is never recorded; its neighbours, which go out with it, are.
    await until("the scan is under way", () =>
      requests.slice(before).some((request) => /\/flexibleservers\/orders\/firewallrules/i.test(request.path)),
    );

    await kill(first.child);
    mend();
    expect(await readResults(ports.store, runId, signal)).toEqual([]);
    await serve();
    await until("the server has answered", async () => (await readResults(ports.store, runId, signal)).length === 1);
    const closed = await finishRuns(ports, signal);

    expect(closed.map((run) => [run.runId, run.status, run.missing])).toEqual([[runId, "succeeded", []]]);
    expect(await openRunIds(ports.store, signal)).toEqual([]);
    const { problems } = await verifyAudit(ports.audit, signal);
    expect(problems).toEqual([]);
    const rows = fleet.rows("PgWardenFinding_CL").filter((row) => row["RunId"] === runId);
    expect(new Set(rows.map((row) => row["RowId"])).size).toBe(rows.length);
  }, 90_000);

  it("refuse a body that is too large, not JSON, or names an unknown server", async () => {
    const served = await serve();

    const answers = await Promise.all([
      post(served, "x".repeat(70_000)),
      post(served, "{"),
      post(served, JSON.stringify({ servers: ["billing"] })),
    ]);

    expect(answers.map(({ status }) => status)).toEqual([413, 400, 404]);
    expect(answers.map(({ headers }) => headers.get("content-type"))).toEqual(
      Array(3).fill("application/problem+json"),
    );
  }, 60_000);
});

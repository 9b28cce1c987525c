import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { build } from "esbuild";
import type { Strategy } from "../../../shared/model/credential.ts";
import { recoverCredentials } from "../../../shared/runs/recoverCredentials.ts";
import { cliRunId } from "../../../shared/runs/runIds.ts";
import { nextRandom } from "../../fakes/rotationState.ts";
import { settle } from "./cutRotation.ts";
import { forever, rotationUnderTest, type Subject } from "./rotationUnderTest.ts";
import { broken, forgetOldVersions, openVersions, publishedLogsIn, versionsOf } from "./storedLogins.ts";

const major = 17;
/** A rotation asks the vault some twenty times; the last ones are housekeeping. */
const vaultRequests = 18;
/** Between two of its requests lie at most a token, a login and a transaction. */
const betweenRequestsMs = 40;

const under = rotationUnderTest([major]);
const pids: number[] = [];
let directory = "";

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "pgwarden-killed-"));
  // The real program, made once: two hundred starts from its sources would take a quarter of an hour.
  await build({
    entryPoints: ["shared/cli/main.ts"],
    outdir: directory,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    minify: true,
    platform: "node",
    format: "esm",
    target: "node22",
    external: ["@azure/functions-core", "azurite", "pg-native"],
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
    logLevel: "error",
  });
}, 60_000);

afterAll(async () => {
  await rm(directory, { recursive: true });
});

interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<unknown>;
  stderr: string;
}

function pgwarden(...args: readonly string[]): Running {
  const cache = join(directory, "cache");
  const env = { PATH: process.env["PATH"], NODE_COMPILE_CACHE: cache, ...under.local().environment };
  const child = spawn(process.execPath, [join(directory, "main.mjs"), ...args], { env, stdio: "pipe" });
  const running: Running = { child, ended: once(child, "close"), stderr: "" };
  child.stdout.resume();
  child.stderr.on("data", (text: Buffer) => {
    running.stderr += text.toString();
  });
  if (child.pid !== undefined) pids.push(child.pid);
  return running;
}

/** Resolves when the vault has answered so many requests about the credential, or the process has ended. */
async function answered({ child }: Running, { credential }: Subject, count: number): Promise<void> {
  const { requests } = under.local().emulator;
  const path = `/secrets/${credential.published.name}`;
  let seen = 0;
  for (let next = requests.length; child.exitCode === null && seen < count;) {
    await sleep(1);
    for (; next < requests.length; next += 1) if (requests[next]?.path.startsWith(path) === true) seen += 1;
  }
}

/** @returns whether it was killed; false: it ended before */
async function rotateAndKill(subject: Subject, random: { seed: number }): Promise<boolean> {
  const running = pgwarden("rotate", subject.credential.name);
  // By the vault's answers and not by the clock alone, or a busy machine would have them all killed at the start.
  await answered(running, subject, Math.floor(nextRandom(random) * vaultRequests));
  await sleep(nextRandom(random) * betweenRequestsMs);
  running.child.kill("SIGKILL");
  await running.ended;
  if (running.child.signalCode === "SIGKILL") return true;
  if (running.child.exitCode !== 0) throw new Error(running.stderr);
  return false;
}

let runs = 0;

/** As `pgwarden recover` does; a session of the process that was killed may hold its lock for another moment. */
async function recover({ credential }: Subject) {
  for (let tries = 1; ; tries += 1) {
    runs += 1;
    const run = { runId: cliRunId(new Date(), `kill${runs}`), actor: "test", names: [credential.name] };
    const [result] = await recoverCredentials(run, under.wired(), forever);
    if (result === undefined) throw new Error(`There is no credential ${credential.name}.`);
    if (result.state !== "busy" || tries === 5) return result;
    await sleep(50);
  }
}

/** Its overlap is over: the command goes by the clock of this machine. */
function age(subject: Subject): void {
  for (const version of versionsOf(under.local().state, subject.credential.published.name))
    version.created -= 7 * 24 * 3600;
}

const times = { alternating: 67, single: 67, admin: 66 } as const;

/** One process after the other for each credential; the three of them at the same time. */
async function killed(strategy: Strategy, kills: number, states: Map<string, number>): Promise<readonly unknown[]> {
  const subject = under.subject(strategy, major);
  const { state } = under.local();
  await settle(under, subject);
  const random = { seed: kills };
  const failures: unknown[] = [];
  for (let count = 0; count < kills;) {
    age(subject);
    if (!(await rotateAndKill(subject, random))) continue;
    count += 1;
    const faults = [...(await broken(subject, state))];
    const wasOpen = openVersions(state, subject.credential).length > 0;
    await under.endLease(subject.credential);
    const { state: end, remarks, problems } = await recover(subject);
    states.set(end, (states.get(end) ?? 0) + 1);
    if (!["healthy", "recovered", "repaired"].includes(end)) faults.push(`ended as ${end}: ${JSON.stringify(remarks)}`);
    if (wasOpen && end === "healthy") faults.push("an intent was open and nothing was done");
    if (openVersions(state, subject.credential).length > 0) faults.push("an intent is open");
    if (!(await publishedLogsIn(subject, state))) faults.push("what is published does not log in");
    if (faults.length + problems.length > 0) failures.push({ strategy, count, faults, problems });
    forgetOldVersions(state, subject.credential);
  }
  return failures;
}

describe("pgwarden rotate that is killed with -9 at any moment, two hundred times", () => {
  it("leaves nothing that pgwarden recover does not mend", async () => {
    const states = new Map<string, number>();

    const failures = await Promise.all(
      (["alternating", "single", "admin"] as const).map((strategy) => killed(strategy, times[strategy], states)),
    );

    expect(failures.flat()).toEqual([]);
    // Not too early and not too late: many were under way.
    expect(states.get("recovered")).toBeGreaterThan(20);
    expect(states.get("healthy")).toBeGreaterThan(20);
  }, 480_000);

  it("leaves audit chains whole, and no process", async () => {
    const verify = pgwarden("audit", "verify");
    await verify.ended;

    expect([verify.child.exitCode, verify.stderr]).toEqual([0, ""]);
    expect(pids.length).toBeGreaterThan(200);
    expect(pids.filter(isAlive)).toEqual([]);
  }, 60_000);
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { keepDirectory, type ServerPlan } from "../../shared/local/dieWithParent.ts";
import { LocalAzureError } from "../../shared/local/localAzureError.ts";

const environment = { PATH: process.env["PATH"] ?? "/usr/bin:/bin" };

function plan(script: string, override: Partial<ServerPlan> = {}): ServerPlan {
  return {
    name: "A server",
    command: ["/bin/sh", "-c", script],
    stopSignal: "TERM",
    timeoutMs: 10_000,
    isReady: (output) => output.includes("ready"),
    ...override,
  };
}

/** Command lines of all processes that name a path. */
function processesNaming(path: string): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
      } catch {
        return ""; // it ended meanwhile
      }
    })
    .filter((line) => line.includes(path));
}

/** Five seconds until the keeper kills, and as long until it gives up the directory: a busy machine takes some of it. */
const keeperLimitMs = 12_000;

async function until(condition: () => boolean, limitMs: number): Promise<boolean> {
  for (const end = Date.now() + limitMs; Date.now() < end;) {
    if (condition()) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return condition();
}

describe("keepDirectory", () => {
  it("runs commands one after the other in a directory that goes at the end", async () => {
    const directory = keepDirectory("pgwarden-keep-", null, { ...environment, WORD: "ready" });

    await directory.run(plan(`echo text > ${directory.path}/file`));
    const child = await directory.start(plan("echo $WORD; exec sleep 60"));
    const text = readFileSync(join(directory.path, "file"), "utf8");
    await child.stop();
    await child.stop();
    const again = await directory.start(plan("echo ready again; exec sleep 60"));
    const output = again.output();
    await directory.remove();
    await directory.remove();
    await again.ended;

    expect(text).toBe("text\n");
    expect(output).toBe("ready again\n");
    expect(existsSync(directory.path)).toBe(false);
    expect(processesNaming(directory.path)).toEqual([]);
  });

  it.each([
    ["a command that fails", "echo no such thing >&2; exit 3", "A server ended with status 3: no such thing"],
    ["a program that is not there", "exec /nowhere/at-all", /^A server ended with status 127: .*\/nowhere\/at-all/],
    ["a silent end", "exit 1", "A server ended with status 1 and printed nothing."],
  ])("repeats the last words of %s", async (_, script, message) => {
    const directory = keepDirectory("pgwarden-keep-", null, environment);

    const started = await directory.start(plan(script)).catch((error: unknown) => error);
    const run = await directory.run(plan(script)).catch((error: unknown) => error);
    await directory.remove();

    for (const error of [started, run]) {
      expect(error).toBeInstanceOf(LocalAzureError);
      expect((error as LocalAzureError).message).toMatch(message);
    }
  });

  it("ends a command that is not ready in time, even one that ignores the signal", async () => {
    const directory = keepDirectory("pgwarden-keep-", null, environment);

    const error = await directory
      .start(plan("trap '' TERM; echo slow; while :; do sleep 0.1; done", { timeoutMs: 100 }))
      .catch((thrown: unknown) => thrown);
    await directory.remove();

    expect((error as LocalAzureError).message).toBe("A server was not ready within 100 ms: slow");
    expect(processesNaming(directory.path)).toEqual([]);
  });

  it("is called off by a signal", async () => {
    const directory = keepDirectory("pgwarden-keep-", null, environment);

    const started = directory.start(plan("exec sleep 60"), AbortSignal.timeout(50));

    await expect(started).rejects.toThrow("A server was called off while it started.");
    await expect(directory.run(plan("true"), AbortSignal.abort())).rejects.toThrow(/called off/);
    await directory.remove();
  });

  it("tells when a server ends by itself", async () => {
    const directory = keepDirectory("pgwarden-keep-", null, environment);

    const child = await directory.start(plan("echo ready; sleep 0.1"));
    await child.ended;
    await child.stop();
    await directory.remove();

    expect(child.output()).toBe("ready\n");
  });

  it("keeps the end of a long output", async () => {
    const directory = keepDirectory("pgwarden-keep-", null, environment);

    const child = await directory.start(
      plan("i=0; while [ $i -lt 30000 ]; do echo line $i; i=$((i+1)); done; echo ready; exec sleep 60"),
    );
    await directory.remove();

    expect(child.output().length).toBeLessThanOrEqual(64_000);
    expect(child.output()).toMatch(/line 29999\nready\n/);
  });

  it("refuses a command with a line break, which its keeper could not read", async () => {
    const directory = keepDirectory("pgwarden-keep-", null, environment);

    await expect(directory.run(plan("true\nfalse"))).rejects.toThrow("A command of A server has a line break.");
    await directory.remove();
  });
});

describe("A process with PostgreSQL and Azurite", () => {
  const script = fileURLToPath(new URL("parent.ts", import.meta.url));
  let home: string;
  let parent: ChildProcess | undefined;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), "pgwarden-parent-"));
    await chmod(home, 0o1777); // as /tmp itself: the servers' account removes its own
  });
  afterEach(async () => {
    parent?.kill("SIGKILL");
    await rm(home, { recursive: true, force: true });
  });

  /** @returns what it printed on both channels when it is up, or has ended */
  function startParent(account: { uid?: number; gid?: number } = {}): Promise<string> {
    const child = spawn(process.execPath, [script], {
      ...account,
      cwd: home,
      env: { ...environment, TMPDIR: home },
      stdio: ["ignore", "pipe", "pipe"],
    });
    parent = child;
    return new Promise((resolve) => {
      let output = "";
      function onData(chunk: Buffer): void {
        output += String(chunk);
        if (output.includes("up as")) resolve(output);
      }
      child.stdout.on("data", onData);
      child.stderr.on("data", onData);
      child.once("exit", () => {
        resolve(output);
      });
    });
  }

  function isClean(): boolean {
    return readdirSync(home).length === 0 && processesNaming(home).length === 0;
  }

  it("leaves neither process nor file two seconds after kill -9", async () => {
    const output = await startParent();
    const before = { names: readdirSync(home).length, processes: processesNaming(home).length };

    parent?.kill("SIGKILL");

    expect(output).toBe("up as pgadmin\n");
    expect(before.names).toBe(2);
    expect(before.processes).toBeGreaterThanOrEqual(4);
    expect(await until(isClean, keeperLimitMs)).toBe(true);
  });

  it("leaves nothing when it is killed while initdb runs", async () => {
    void startParent();
    await until(() => processesNaming(home).some((line) => line.includes("initdb ")), 10_000);

    parent?.kill("SIGKILL");

    expect(await until(isClean, keeperLimitMs)).toBe(true);
  });

  const skipped = ordinaryUserProblem(script);
  if (skipped === null) {
    it("runs as an ordinary user, and leaves nothing then either", async () => {
      const output = await startParent({ uid: 65534, gid: 65534 });

      parent?.kill("SIGKILL");

      expect(output).toBe("up as pgadmin\n");
      expect(await until(isClean, keeperLimitMs)).toBe(true);
    });
  } else {
    it.skip(`runs as an ordinary user (${skipped})`, () => undefined);
  }
});

function ordinaryUserProblem(path: string): string | null {
  if (process.getuid?.() !== 0) return "all other tests do: this is no root";
  for (let at = dirname(path); ; at = dirname(at)) {
    if ((statSync(at).mode & 0o001) === 0) return `another user cannot enter ${at}`;
    if (at === dirname(at)) return null;
  }
}

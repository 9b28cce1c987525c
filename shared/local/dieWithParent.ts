import { spawn } from "node:child_process";
import { chownSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { BoundedText } from "./boundedText.ts";
import { LocalAzureError } from "./localAzureError.ts";

/** Whom a child runs as. Only root can choose another than itself. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

export interface ChildPlan {
  /** Named in errors: `PostgreSQL 17`. */
  readonly name: string;
  /** Program and arguments; none may hold a line break. */
  readonly command: readonly string[];
  readonly stopSignal: "INT" | "TERM";
  readonly timeoutMs: number;
}

export interface ServerPlan extends ChildPlan {
  /** Judges all that the child has printed so far. */
  isReady(output: string): boolean;
  /** Given everything that the child prints, as it comes. */
  readonly onOutput?: (chunk: string) => void;
}

/** A program that ends with this process, however this process ends. */
export interface Child {
  /** What it printed on stdout and stderr; of a long text the end. */
  output(): string;
  /** Resolves when it has ended, wanted or not. */
  readonly ended: Promise<void>;
  /** May be called twice. */
  stop(): Promise<void>;
}

/**
 * A new directory below the system's temporary one, and a keeper process that runs commands in its name, one at a
 * time, and removes it at the end: when `remove` is called, or when this process ends, even by kill -9.
 */
export interface KeptDirectory {
  readonly path: string;
  /** Runs a command to its end. @throws LocalAzureError when it fails or takes too long */
  run(plan: ChildPlan, signal?: AbortSignal): Promise<void>;
  /** Starts a command and waits until it is ready. @throws LocalAzureError with the end of its output */
  start(plan: ServerPlan, signal?: AbortSignal): Promise<Child>;
  /** Ends what runs and removes the directory. May be called twice. */
  remove(): Promise<void>;
}

interface Running {
  readonly log: BoundedText;
  readonly onOutput: (chunk: string) => void;
  readonly ended: Promise<void>;
  status: number | null;
  /** Called on output and at the end. */
  onChange: () => void;
  finish(status: number): void;
}

const OUTPUT_CHARACTERS = 64_000;

/*
 * POSIX sh. Its stdin is a pipe from us, and the end of that pipe is the one sign that kill -9 of the parent gives too.
 * `arg` lines collect a command, `run SIGNAL` runs it; any line while it runs, or the end of the pipe, ends it with the
 * signal and after five seconds with KILL. `read` is a builtin, so killing the watcher leaves nobody behind. Writing to
 * fd 3 after our death must not kill the keeper, hence the trap. Removal is tried again: a killed server's own children
 * may write for another moment.
 */
const KEEPER = `
directory=$1
exec 4<&0 0</dev/null
trap '' PIPE
set --
while IFS= read -r line <&4; do
  case $line in
    'arg '*) set -- "$@" "\${line#arg }" ;;
    'run '*)
      signal=\${line#run }
      "$@" 3>&- 4<&- &
      pid=$!
      (
        IFS= read -r line <&4
        kill -s "$signal" "$pid" 2>/dev/null
        tries=0
        while [ "$tries" -lt 50 ] && kill -0 "$pid" 2>/dev/null; do sleep 0.1; tries=$((tries + 1)); done
        kill -s KILL "$pid" 2>/dev/null
      ) 3>&- >/dev/null 2>&1 &
      watcher=$!
      wait "$pid"
      status=$?
      kill "$watcher" 2>/dev/null
      set --
      echo "$status" >&3
      ;;
  esac
done
tries=0
while rm -rf "$directory" 2>/dev/null; [ -e "$directory" ] && [ "$tries" -lt 50 ]; do
  sleep 0.1
  tries=$((tries + 1))
done
`;

/** @param environment of every command that will run; nothing else is inherited */
export function keepDirectory(
  prefix: string,
  account: Account | null,
  environment: Readonly<Record<string, string>>,
): KeptDirectory {
  const path = mkdtempSync(join(tmpdir(), prefix));
  if (account !== null) chownSync(path, account.uid, account.gid);
  // Detached: Ctrl-C in a terminal reaches us alone, and we decide the order of the end.
  const keeper = spawn("/bin/sh", ["-c", KEEPER, "sh", path], {
    ...account,
    env: environment,
    cwd: "/",
    detached: true,
    stdio: ["pipe", "pipe", "pipe", "pipe"],
  });
  let running: Running | null = null;
  const gone = new Promise<void>((resolve) => {
    keeper.once("exit", () => {
      running?.finish(-1);
      resolve();
    });
    keeper.once("error", () => {
      rmSync(path, { recursive: true, force: true });
      running?.finish(-1);
      resolve();
    });
  });
  keeper.stdin.on("error", ignoreBrokenPipe);
  for (const stream of [keeper.stdout, keeper.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      running?.log.append(chunk);
      running?.onOutput(chunk);
      running?.onChange();
    });
  }
  // Node's types cannot know that the fourth pipe asked for above is readable.
  const statuses = keeper.stdio[3] as Readable;
  statuses.setEncoding("utf8").on("data", (line: string) => {
    running?.finish(Number.parseInt(line, 10));
  });

  function begin(plan: ChildPlan, onOutput?: ServerPlan["onOutput"]): Running {
    if (running !== null && running.status === null) throw new Error(`${path} already runs a command.`);
    if (plan.command.some((part) => part.includes("\n")))
      throw new Error(`A command of ${plan.name} has a line break.`);
    const begun = newRunning(onOutput);
    running = begun;
    keeper.stdin.write(`${plan.command.map((part) => `arg ${part}\n`).join("")}run ${plan.stopSignal}\n`);
    if (keeper.exitCode !== null || keeper.signalCode !== null || keeper.pid === undefined) begun.finish(-1);
    return begun;
  }

  function stop(child: Running): Promise<void> {
    if (child.status === null) keeper.stdin.write("stop\n");
    return child.ended;
  }

  return {
    path,
    async run(plan, signal) {
      const child = begin(plan);
      const failure = await failureUntil(() => child.status !== null, child, plan, signal);
      if (failure === null && child.status === 0) return;
      await stop(child);
      throw failure ?? (await failed(plan, child));
    },
    async start(plan, signal) {
      const child = begin(plan, plan.onOutput);
      const failure = await failureUntil(
        () => child.status !== null || plan.isReady(child.log.toString()),
        child,
        plan,
        signal,
      );
      if (failure !== null || child.status !== null) {
        await stop(child);
        throw failure ?? (await failed(plan, child));
      }
      return { output: () => child.log.toString(), ended: child.ended, stop: () => stop(child) };
    },
    remove() {
      keeper.stdin.end();
      return gone;
    },
  };
}

function newRunning(onOutput: ServerPlan["onOutput"] = () => undefined): Running {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const running: Running = {
    log: new BoundedText(OUTPUT_CHARACTERS),
    onOutput,
    ended: promise,
    status: null,
    onChange: () => undefined,
    finish(status) {
      if (running.status !== null) return;
      running.status = status;
      resolve(undefined);
      running.onChange();
    },
  };
  return running;
}

/** @returns null as soon as `isDone`, else why it did not come to that */
function failureUntil(
  isDone: () => boolean,
  child: Running,
  plan: ChildPlan,
  signal: AbortSignal | undefined,
): Promise<Error | null> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      settle(new LocalAzureError(`${plan.name} was not ready within ${plan.timeoutMs} ms${lastWords(child)}`));
    }, plan.timeoutMs);
    function onAbort(): void {
      settle(new LocalAzureError(`${plan.name} was called off while it started.`, { cause: signal?.reason }));
    }
    function settle(failure: Error | null): void {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      child.onChange = () => undefined;
      resolve(failure);
    }
    child.onChange = () => {
      if (isDone()) settle(null);
    };
    signal?.addEventListener("abort", onAbort);
    if (signal?.aborted === true) onAbort();
    child.onChange();
  });
}

async function failed(plan: ChildPlan, child: Running): Promise<LocalAzureError> {
  await new Promise((resolve) => setTimeout(resolve, 20)); // the output comes by another pipe than the status
  return new LocalAzureError(`${plan.name} ended with status ${child.status ?? -1}${lastWords(child)}`);
}

function lastWords(child: Running): string {
  const lines = child.log
    .toString()
    .split("\n")
    .filter((line) => line.trim() !== "");
  return lines.length === 0 ? " and printed nothing." : `: ${lines.slice(-5).join(" / ")}`;
}

/** A keeper that is gone has done its work; `exit` tells. */
function ignoreBrokenPipe(): void {
  return;
}

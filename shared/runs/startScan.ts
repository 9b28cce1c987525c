import pLimit from "p-limit";
import type { Run, RunReason } from "../model/run.ts";
import type { ServerRef } from "../model/server.ts";
import { serverKey } from "../publish/stateBlobs.ts";
import { audit } from "./deliver.ts";
import { recordWaivers } from "./recordWaivers.ts";
import { answeredServers, createRun, readInventory, readRun } from "./runState.ts";
import type { ScanPorts } from "./scanPorts.ts";

/** How long a run waits for its servers before the sweeper closes it without them. */
const runLimitMs = 60 * 60_000;

/** Messages sent at a time: one queue takes some 2,000 a second. */
const dispatchConcurrency = 16;

export interface ScanRequest {
  /** The same id is the same run: a repeated request starts nothing new. */
  readonly runId: string;
  readonly reason: RunReason;
  /** Who asked: a principal, `timer`, `event-grid`, a local user. */
  readonly actor: string;
  /** Names or ARM ids; without it all servers in scope. */
  readonly servers?: readonly string[];
  readonly delaySeconds?: number;
}

/** A scan was asked for servers that the inventory does not hold. */
export class UnknownServerError extends Error {
  override readonly name = "UnknownServerError";
  readonly unknown: readonly string[];

  constructor(unknown: readonly string[], known: readonly string[]) {
    const list = known.length === 0 ? "none" : known.slice(0, 20).join(", ");
    super(`There is no server ${unknown.map((name) => `"${name}"`).join(", ")} in scope; in scope: ${list}.`);
    this.unknown = unknown;
  }
}

/**
 * Starts a run: takes the inventory, writes the run down, then hands every server to a worker. Repeating it with the
 * same id hands over again only the servers without an answer, so a crash between the two steps loses nothing.
 *
 * @throws UnknownServerError when a named server is not in scope; nothing was started then
 */
export async function startScan(request: ScanRequest, ports: ScanPorts, signal: AbortSignal): Promise<Run> {
  const known = await readRun(ports.store, request.runId, signal);
  const run = known ?? (await newRun(request, ports, signal));
  if (run.status === "running") await dispatchMissing(run, request.delaySeconds ?? 0, ports, signal);
  return run;
}

async function newRun(request: ScanRequest, ports: ScanPorts, signal: AbortSignal): Promise<Run> {
  // Only a scan of everything can tell that a server has gone.
  const previous = request.servers === undefined ? await readInventory(ports.store, signal) : undefined;
  const { servers, coverage } = await ports.discover(previous, signal);
  const expected = request.servers === undefined ? servers : pickServers(servers, request.servers);

  const startedAt = ports.now();
  const deadline = new Date(startedAt.getTime() + runLimitMs + (request.delaySeconds ?? 0) * 1000);
  const run: Run = {
    runId: request.runId,
    reason: request.reason,
    actor: request.actor,
    startedAt: startedAt.toISOString(),
    deadline: deadline.toISOString(),
    finishedAt: null,
    status: "running",
    scope: request.servers === undefined ? "fleet" : "servers",
    expected,
    missing: [],
    coverageFindings: request.servers === undefined ? coverage : [],
    delivery: null,
  };
  // Another instance may have been faster with the same id: then its run is the run.
  if (!(await createRun(ports.store, run, signal))) return (await readRun(ports.store, run.runId, signal)) ?? run;

  const event = {
    actor: request.actor,
    action: "scan.start",
    target: request.servers === undefined ? "fleet" : expected.map(({ name }) => name).join(", "),
    outcome: "started",
    runId: run.runId,
    detail: { reason: request.reason, servers: expected.length },
  };
  await audit("runs", [event], null, ports, signal);
  await recordWaivers(run.runId, ports, signal);
  return run;
}

/** @param wanted names or ARM ids. @throws UnknownServerError for one that is not among the servers */
export function pickServers(servers: readonly ServerRef[], wanted: readonly string[]): readonly ServerRef[] {
  const found = wanted.map((name) => servers.find((server) => isNamed(server, name)));
  const unknown = wanted.filter((_name, index) => found[index] === undefined);
  if (unknown.length > 0)
    throw new UnknownServerError(
      unknown,
      servers.map(({ name }) => name),
    );
  return [...new Set(found.filter((server) => server !== undefined))];
}

function isNamed(server: ServerRef, name: string): boolean {
  const wanted = name.toLowerCase();
  return server.id === wanted || server.name.toLowerCase() === wanted;
}

async function dispatchMissing(run: Run, delaySeconds: number, ports: ScanPorts, signal: AbortSignal): Promise<void> {
  const answered = await answeredServers(ports.store, run.runId, signal);
  const limit = pLimit(dispatchConcurrency);
  const open = run.expected.filter(({ id }) => !answered.has(serverKey(id)));
  await Promise.all(
    open.map(({ id }) =>
      limit(() => ports.dispatch({ v: 1, runId: run.runId, server: id, reason: run.reason }, delaySeconds, signal)),
    ),
  );
}

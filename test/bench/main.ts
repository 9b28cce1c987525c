import { execFile, fork } from "node:child_process";
import { once } from "node:events";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import Table from "cli-table3";
import { type LocalAzure, startLocalAzure } from "../../shared/local/startLocalAzure.ts";
import { demoFleet } from "../../shared/local/demoFleet.ts";
import { streamColumns } from "../../shared/publish/tables.ts";
import type { BundleReply, BundleRequest } from "../functions/bundleChild.ts";
import { budgets } from "./budgets.ts";
import { catalogFigures } from "./catalog.ts";
import { atMost, type Figure, megabytes, median, milliseconds, noBudget, timed } from "./measure.ts";
import { fleetRotationFigures } from "./fleetRotation.ts";
import { rotationFigures } from "./rotation.ts";
import type { ScanFigures } from "./scanChild.ts";
import { benchFleet, simulatedHosts, simulateServers } from "./simulatedFleet.ts";

const root = process.cwd();
const bundle = join(root, "dist/main.mjs");
const streams = streamColumns();

// Children run without tsx: Node strips types by itself, and the loader would count as time and memory of the product.

async function withLocalAzure<T>(fleet: typeof demoFleet, work: (local: LocalAzure) => Promise<T>): Promise<T> {
  const local = await startLocalAzure({ fleet, streams, certificateNames: [simulatedHosts] });
  try {
    return await work(local);
  } finally {
    await local.stop();
  }
}

async function startUp(): Promise<readonly Figure[]> {
  const times: number[] = [];
  for (let index = 0; index < 3; index += 1) {
    const { ms, result } = await timed(() => startLocalAzure({ fleet: demoFleet, streams }));
    times.push(ms);
    await result.stop();
  }
  return [noBudget("local Azure up, three PostgreSQL servers seeded (median of 3)", milliseconds(median(times)))];
}

async function bundleFigures(): Promise<readonly Figure[]> {
  await promisify(execFile)(join(root, "node_modules/.bin/tsx"), ["infra/package.ts"], { cwd: root });
  const { size } = await stat(bundle);
  const loads: number[] = [];
  for (let index = 0; index < 9; index += 1) {
    const child = fork(join(root, "test/functions/bundleChild.ts"), [bundle], { execArgv: [], stdio: "inherit" });
    await once(child, "message");
    child.send({ kind: "list" } satisfies BundleRequest);
    const [reply] = (await once(child, "message")) as [BundleReply];
    loads.push((reply.value as { loadMs: number }).loadMs);
    child.kill();
    await once(child, "exit");
  }
  return [
    atMost("deployed bundle, one minified file", size, budgets.bundleBytes, megabytes),
    atMost("bundle loaded in a fresh process (median of 9)", median(loads), budgets.bundleLoadMs, milliseconds),
  ];
}

async function scanInChild(variables: Readonly<Record<string, string>>, times: number): Promise<ScanFigures> {
  const env = { PATH: process.env["PATH"], ...variables };
  const script = join(root, "test/bench/scanChild.ts");
  const child = fork(script, [String(times)], { env, execArgv: [], stdio: "inherit" });
  const [figures] = (await once(child, "message")) as [ScanFigures];
  if (figures.status !== "succeeded") throw new Error(`A scan of the benchmark was ${figures.status}.`);
  return figures;
}

async function oneServer(): Promise<readonly Figure[]> {
  return await withLocalAzure(benchFleet, async (local) => {
    const { scans, armReads } = await scanInChild(local.environment, 11);
    const [cold = Number.NaN, ...warm] = scans;
    return [
      noBudget("one server end to end, cold (first scan of a process, clients and tokens made)", milliseconds(cold)),
      atMost("one server end to end, warm (median of 10)", median(warm), budgets.oneServerMs, milliseconds),
      atMost("ARM reads of one server", Math.max(...armReads), budgets.armReadsPerServer, String),
    ];
  });
}

async function manyServers(): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  const peaks: number[] = [];
  const rates: number[] = [];
  for (const count of [50, 100, 200]) {
    await withLocalAzure(benchFleet, async (local) => {
      const { scans, servers, peakBytes } = await scanInChild(await simulateServers(local, count), 1);
      const [ms = Number.NaN] = scans;
      peaks.push(peakBytes);
      rates.push((servers / ms) * 1000);
      const rate = `${((servers / ms) * 1000).toFixed(1)} servers/s`;
      figures.push(noBudget(`${servers} simulated servers in one process`, `${milliseconds(ms)}, ${rate}`));
      figures.push(noBudget(`  peak resident set with ${servers}`, megabytes(peakBytes)));
    });
  }
  const [smallest = Number.NaN, , largest = Number.NaN] = peaks;
  const [slowest, fastest] = [Math.min(...rates), Math.max(...rates)];
  figures.push(noBudget("  memory with 200 against 50", `${((largest / smallest - 1) * 100).toFixed(0)} % more`));
  figures.push(noBudget("  throughput, fastest against slowest", `${(fastest / slowest).toFixed(2)} x`));
  return figures;
}

function print(figures: readonly Figure[]): void {
  const table = new Table({ head: ["WHAT", "MEASURED", "BUDGET", ""], style: { head: [], border: [] } });
  for (const { what, measured, budget, met } of figures)
    table.push([what, measured, budget, met === null ? "" : met ? "met" : "MISSED"]);
  console.log(table.toString());
}

const figures: Figure[] = [];
const parts = [startUp, bundleFigures, oneServer, manyServers, rotationFigures, fleetRotationFigures, catalogFigures];
for (const part of parts) figures.push(...(await part()));
print(figures);
if (figures.some(({ met }) => met === false)) process.exitCode = 1;

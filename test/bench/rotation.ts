import { setTimeout } from "node:timers/promises";
import { useVariables } from "../../shared/config/useVariables.ts";
import { rotationFleet } from "../../shared/local/rotationFleet.ts";
import { type LocalAzure, startLocalAzure } from "../../shared/local/startLocalAzure.ts";
import type { Credential, CredentialServer } from "../../shared/model/credential.ts";
import { streamColumns } from "../../shared/publish/tables.ts";
import { ledgerSetup } from "../../shared/rotate/ledgerSql.ts";
import type { RotationPorts } from "../../shared/rotate/ports.ts";
import { tick, type Wish } from "../../shared/rotate/tick.ts";
import type { TickState } from "../../shared/rotate/tickReport.ts";
import { wireProcess } from "../../shared/wiring.ts";
import { type Cut, cutPorts, WorkerDied } from "../rotate/faultHarness.ts";
import { budgets } from "./budgets.ts";
import { atMost, type Figure, median, milliseconds, noBudget } from "./measure.ts";

const major = 17;
const rotations = 20;
/** Each at Azure Resource Manager's own pace where it takes part: a change is asked after every five seconds. */
const crashes = { single: 5, alternating: 5, admin: 1 } as const;
const signal = AbortSignal.timeout(600_000);
const quiet = { note: () => undefined, flush: () => Promise.resolve() };

interface Bench {
  readonly local: LocalAzure;
  readonly ports: RotationPorts;
  readonly server: CredentialServer;
  credential(name: string): Credential;
}

/** What one rotation costs consumers, and how long a worker takes that takes over after a crash. */
export async function rotationFigures(): Promise<readonly Figure[]> {
  const local = await startLocalAzure({ fleet: rotationFleet([major]), streams: streamColumns() });
  try {
    const bench = await prepare(local);
    return [...(await gapFigures(bench)), ...(await recoveryFigures(bench))];
  } finally {
    await local.stop();
  }
}

async function prepare(local: LocalAzure): Promise<Bench> {
  const [server] = local.servers;
  if (server === undefined) throw new Error("The fleet has no server.");
  await server.asSuperuser(async (client) => {
    await client.query('set role "pgwarden-rotator"');
    for (const { sql } of ledgerSetup) await client.query(sql);
  });
  const wiring = await wireProcess(useVariables(local.environment), signal);
  const { config, rotation } = await wiring.rotation();
  return {
    local,
    ports: rotation,
    server: {
      id: server.id,
      name: server.name,
      host: server.fqdn,
      administratorLogin: server.administrator.user,
    },
    credential(name) {
      const found = config.credentials.find((candidate) => candidate.name === name);
      if (found === undefined) throw new Error(`There is no credential ${name}.`);
      return { ...found, overlapMs: 0 }; // a pair that is rotated again at once
    },
  };
}

/** @throws Error when it ended otherwise than said: a figure of what did not happen is no figure */
async function run(
  { server }: Bench,
  credential: Credential,
  [wish, expected]: readonly [Wish, TickState],
  ports: RotationPorts,
): Promise<void> {
  const { state, remarks } = await tick({ credential, server, wish }, ports, quiet, signal);
  if (state === expected) return;
  const why = remarks.map(({ message }) => message).join(" ");
  throw new Error(`A tick of the benchmark was ${state}, not ${expected}. ${why}`);
}

/** From COMMIT on the old password is refused; once the write of the published secret is answered the new one is read. */
async function gapFigures(bench: Bench): Promise<readonly Figure[]> {
  const credential = bench.credential(`report-${major}`);
  const { requests } = bench.local.emulator;
  const [gaps, ends, trips]: [number[], number[], number[]] = [[], [], []];
  await run(bench, credential, ["rotateNow", "rotated"], bench.ports);
  for (let index = 0; index < rotations; index += 1) {
    const marks = { committed: Number.NaN, from: 0, written: Number.NaN };
    const { ports } = cutPorts(bench.ports, {
      around(moment, _effect, name) {
        const now = performance.now();
        if (moment === "after" && name === "sql transaction.commit")
          Object.assign(marks, { committed: now, from: requests.length });
        if (moment === "after" && name === `secrets.write ${credential.published.name}`) marks.written = now;
        if (moment === "after" && name === `secrets.readLatest ${credential.published.name}` && marks.from > 0) {
          gaps.push(marks.written - marks.committed);
          ends.push(now - marks.committed);
          trips.push(requests.slice(marks.from).filter(({ service }) => service === "keyVault").length);
          marks.from = 0;
        }
        return Promise.resolve();
      },
    });
    await run(bench, credential, ["rotateNow", "rotated"], ports);
  }
  const largest = Math.max(...trips);
  return [
    atMost(
      "Key Vault round trips from COMMIT to the end of publication",
      largest,
      budgets.publicationRoundTrips,
      String,
    ),
    noBudget(`  COMMIT to publication, one role (median of ${gaps.length})`, milliseconds(median(gaps))),
    noBudget("  the longest of them", milliseconds(Math.max(...gaps))),
    noBudget("  COMMIT until it was read back (median)", milliseconds(median(ends))),
  ];
}

interface Boundary {
  readonly what: string;
  readonly cut: Cut;
}

function boundariesOf({ published, pending, strategy }: Credential): readonly Boundary[] {
  const applied: readonly Boundary[] =
    strategy === "admin"
      ? [
          { what: "PATCH not sent", cut: { effect: "administration.submitPassword", kind: "diesBefore" } },
          { what: "PATCH sent", cut: { effect: "administration.submitPassword", kind: "diesAfter" } },
        ]
      : [
          { what: "COMMIT not sent", cut: { effect: "sql transaction.commit", kind: "diesBefore" } },
          { what: "COMMIT sent", cut: { effect: "sql transaction.commit", kind: "diesAfter" } },
        ];
  return [
    { what: "prepared", cut: { effect: `secrets.write ${pending.name}`, kind: "diesAfter" } },
    ...applied,
    { what: "not published", cut: { effect: `secrets.write ${published.name}`, kind: "diesBefore" } },
    { what: "published", cut: { effect: `secrets.write ${published.name}`, kind: "diesAfter" } },
  ];
}

/** The dead worker's own lease is left out: it lapses after a minute, and the timer comes every five. */
async function recoveryFigures(bench: Bench): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const name of [`report-${major}`, `shop-${major}`, `admin-${major}`]) {
    const credential = bench.credential(name);
    await run(bench, credential, ["rotateNow", "rotated"], bench.ports);
    for (const { what, cut } of boundariesOf(credential)) {
      const times: number[] = [];
      for (let index = 0; index < crashes[credential.strategy]; index += 1) {
        await crash(bench, credential, cut);
        const start = performance.now();
        await run(bench, credential, ["recover", "recovered"], bench.ports);
        times.push(performance.now() - start);
      }
      const label = `recovery of ${credential.strategy}, ${what} (median of ${times.length})`;
      figures.push(noBudget(label, milliseconds(median(times))));
    }
  }
  return figures;
}

async function crash(bench: Bench, credential: Credential, cut: Cut): Promise<void> {
  const free = { renew: () => Promise.resolve(true), release: () => Promise.resolve() };
  const worker = cutPorts({ ...bench.ports, leases: { acquire: () => Promise.resolve(free) } }, { cut });
  try {
    await run(bench, credential, ["rotateNow", "rotated"], worker.ports);
  } catch (error) {
    if (!(error instanceof WorkerDied)) throw error;
    await ready(bench);
    return;
  }
  throw new Error(`The worker did not die at ${String(cut.effect)}.`);
}

/** A change that was sent goes on without the worker, and how long it takes is not the next worker's time. */
async function ready({ local, server }: Bench): Promise<void> {
  while (local.state.servers.get(server.id)?.body.properties.state !== "Ready") await setTimeout(10);
}

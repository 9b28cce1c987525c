import { setTimeout as sleep } from "node:timers/promises";
import type { ContainerClient } from "@azure/storage-blob";
import { afterAll, beforeAll } from "@jest/globals";
import type pg from "pg";
import { blobContainer } from "../../../shared/azure/blobContainer.ts";
import { managedCredential } from "../../../shared/azure/managedCredential.ts";
import { rotationFleet, rotator } from "../../../shared/local/rotationFleet.ts";
import type { LocalServer } from "../../../shared/local/startLocalAzure.ts";
import type { Credential, CredentialServer, Strategy } from "../../../shared/model/credential.ts";
import { ledgerSetup } from "../../../shared/rotate/ledgerSql.ts";
import type { RotationPorts } from "../../../shared/rotate/ports.ts";
import { type StepJournal, tick, type Wish } from "../../../shared/rotate/tick.ts";
import type { TickReport } from "../../../shared/rotate/tickReport.ts";
import type { RotationWiring } from "../../../shared/rotationWiring.ts";
import { type FleetUnderTest, fleetUnderTest } from "../fleetUnderTest.ts";

/** A wait of a rotation takes this part of its time: a minute of patience is a fifth of a second. */
const WAITS_ARE_SHORTER = 300;

export const forever = new AbortController().signal;

/** One credential on its running server. */
export interface Subject {
  readonly credential: Credential;
  readonly server: CredentialServer;
  readonly local: LocalServer;
  /** A superuser's session of this credential that stays open, for looking at what the server knows. */
  readonly superuser: Superuser;
}

export interface Superuser {
  query<R extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<pg.QueryResult<R>>;
}

/** The fleet of rotation with the product's own ports over it, for the tests of one file. */
export interface RotationUnderTest extends FleetUnderTest {
  /** @param change of the credential as pgwarden.yaml has it */
  subject(strategy: Strategy, major: number, change?: Partial<Credential>): Subject;
  /** As the product wires them; only the clock is another one: it goes on by waiting. */
  ports(): RotationPorts;
  wired(): RotationWiring;
  tick(subject: Subject, wish: Wish, ports?: RotationPorts, signal?: AbortSignal): Promise<TickReport>;
  /** What a minute does to the lease of a worker that is gone. */
  endLease(credential: Pick<Credential, "name">): Promise<void>;
}

const names: Readonly<Record<Strategy, string>> = { alternating: "shop", single: "report", admin: "admin" };

/** Starts `rotationFleet(majors)` with the ledgers in place before the tests of this file, and ends it afterwards. */
export function rotationUnderTest(majors: readonly number[]): RotationUnderTest {
  const fleet = fleetUnderTest(rotationFleet(majors));
  const sessions = new Map<string, Superuser & { release(): void }>();
  let wired: RotationWiring | undefined;
  let blobs: ContainerClient | undefined;
  let skewMs = 0;

  function rotation(): RotationWiring {
    if (wired === undefined) throw new Error("The ports are there inside tests only.");
    return wired;
  }

  beforeAll(async () => {
    const wiring = await fleet.wiring();
    wired = await wiring.rotation();
    const { environment, ports } = wiring;
    const { container } = ports.config.publish.state;
    blobs = blobContainer(environment.blobEndpoint, managedCredential(environment), container);
    for (const server of fleet.local().servers) {
      await server.asSuperuser(async (client) => {
        await client.query(`set role "${rotator.name}"`);
        for (const { sql } of ledgerSetup) await client.query(sql);
      });
      for (const { name } of wired.config.credentials)
        if (name.endsWith(`-${server.major}`)) sessions.set(name, heldSession(server));
    }
  }, 60_000);
  afterAll(() => {
    for (const session of sessions.values()) session.release();
  });

  const under: RotationUnderTest = {
    ...fleet,
    wired: rotation,

    subject(strategy, major, change = {}) {
      const local = fleet.local().servers.find((server) => server.major === major);
      const credential = rotation().config.credentials.find(({ name }) => name === `${names[strategy]}-${major}`);
      const session = sessions.get(credential?.name ?? "");
      if (local === undefined || session === undefined || credential === undefined)
        throw new Error(`The fleet has no PostgreSQL ${major}.`);
      const { id, name, fqdn, administrator } = local;
      const server = { id, name, host: fqdn, administratorLogin: administrator.user };
      // A pair may rotate again at once.
      return { credential: { ...credential, overlapMs: 0, ...change }, server, local, superuser: session };
    },

    ports: () => ({
      ...rotation().rotation,
      now: () => new Date(Date.now() + skewMs),
      monotonicMs: () => performance.now() + skewMs,
      async wait(ms, signal) {
        skewMs += ms;
        await sleep(ms / WAITS_ARE_SHORTER, undefined, { signal });
      },
    }),

    tick: ({ credential, server }, wish, ports = under.ports(), signal = forever) =>
      tick({ credential, server, wish }, ports, noJournal, signal),

    async endLease({ name }) {
      const lease = blobs?.getBlobClient(`locks/${name}`).getBlobLeaseClient();
      await lease?.breakLease(0).catch(() => undefined); // there may be none
    },
  };
  return under;
}

const noJournal: StepJournal = { note: () => undefined, flush: () => Promise.resolve() };

/** `asSuperuser` closes its connection after the work; this one is for many looks, and outlives a restart. */
function heldSession(server: LocalServer): Superuser & { release(): void } {
  interface Held {
    readonly client: pg.Client;
    readonly release: () => void;
  }
  let held: Promise<Held> | undefined;

  function open(): Promise<Held> {
    return new Promise((resolve, reject) => {
      const work = server.asSuperuser(
        (client) =>
          new Promise<void>((release) => {
            client.once("end", () => {
              held = undefined;
              release();
            });
            resolve({ client, release });
          }),
      );
      work.catch(reject);
    });
  }

  return {
    async query(text, values) {
      held ??= open();
      return await (await held).client.query(text, values);
    },
    release() {
      void held?.then(({ release }) => {
        release();
      });
    },
  };
}

import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { ManagedIdentityCredential } from "@azure/identity";
import { SecretClient } from "@azure/keyvault-secrets";
import { afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import pg from "pg";
import { parse, stringify } from "yaml";
import { loginSource, type LoginSource } from "../../examples/consumer/loginSource.ts";
import { rotatingPool, type RotatingPool } from "../../examples/consumer/rotatingPool.ts";
import { rotateNow } from "../../shared/cli/rotate.ts";
import type { LocalServer } from "../../shared/local/startLocalAzure.ts";
import { rotationFleet } from "../../shared/local/rotationFleet.ts";
import { ledgerSetup } from "../../shared/rotate/ledgerSql.ts";
import { fleetUnderTest } from "./fleetUnderTest.ts";

const major = 17;
const [pair, single] = [`shop-${major}`, `report-${major}`] as const;
const application = {
  clientId: "c0250000-0000-4000-8000-000000000001",
  objectId: "c0250000-0000-4000-8000-000000000002",
};
const signal = new AbortController().signal;
const fleet = fleetUnderTest(rotationFleet([major]));
const closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  const { state, environment } = fleet.local();
  // An identity that may read the two secrets and nothing else.
  state.identities.push({ ...application, name: "shop-web" });
  state.vault.assignments?.push({ clientId: application.clientId, actions: ["getSecret"], secrets: [pair, single] });
  await asRotator(async (client) => {
    for (const { sql } of ledgerSetup) await client.query(sql);
  });
  // The pair may be rotated again as soon as nobody is connected as the role that is not published.
  const path = environment["PGWARDEN_CONFIG"] ?? "";
  const config = parse(await readFile(path, "utf8")) as { credentials: { strategy: string }[] };
  const credentials = config.credentials.map((entry) =>
    entry.strategy === "alternating" ? { ...entry, overlap: "0m" } : entry,
  );
  await writeFile(path, stringify({ ...config, credentials }));
}, 60_000);

afterEach(async () => {
  fleet.local().emulator.faults.clear();
  for (const close of closing.splice(0).reverse()) await close();
});

function server(): LocalServer {
  const [found] = fleet.local().servers;
  if (found === undefined) throw new Error("There is no server.");
  return found;
}

function asRotator<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  return server().asSuperuser(async (client) => {
    await client.query('set role "pgwarden-rotator"');
    return await work(client);
  });
}

/** Rotates again and again until somebody's old sessions have gone. */
async function rotate(credential: string): Promise<void> {
  const wiring = await fleet.wiring();
  const end = Date.now() + 20_000;
  for (;;) {
    const { report } = await rotateNow(credential, wiring, signal);
    if (report.state === "rotated") return;
    const codes = report.remarks.map(({ code }) => code);
    if (!codes.includes("STALE_CONSUMER") || Date.now() > end)
      throw new Error(`${credential} was ${report.state}: ${codes.join(", ")}.`);
    await setTimeout(100);
  }
}

/** Where the server's name leads on this machine; the certificate still has to be the name's. */
function elsewhere(): pg.PoolConfig {
  return { host: "127.0.0.1", port: server().port, ssl: { servername: server().fqdn, ca: fleet.local().ca } };
}

interface Consumer {
  readonly logins: LoginSource;
  readonly pool: RotatingPool;
  readonly refused: string[];
  readonly done: { readonly role: string; readonly atMs: number }[];
  readonly failed: unknown[];
  /** Lets the workers finish what they do. */
  rest(): Promise<void>;
}

/** An application whose workers query without a pause, each time over a new connection. */
async function consumer(secret: string): Promise<Consumer> {
  await fleet.wiring(); // makes this process trust the local Azure and know its identity endpoint
  const client = new SecretClient(
    fleet.local().emulator.url,
    new ManagedIdentityCredential({ clientId: application.clientId }),
    { disableChallengeResourceVerification: true },
  );
  const logins = loginSource(client, secret, { freshForMs: 200 });
  const refused: string[] = [];
  const pool = rotatingPool(logins, {
    pool: { max: 3, maxUses: 1, ...elsewhere() },
    onRefused: (sqlState) => refused.push(sqlState),
  });
  let isWorking = true;
  const state: Consumer = {
    logins,
    pool,
    refused,
    done: [],
    failed: [],
    async rest() {
      isWorking = false;
      await Promise.all(workers);
    },
  };
  async function work(): Promise<void> {
    while (isWorking) {
      try {
        const { rows } = await pool.query<{ role: string }>('select session_user::text as "role"');
        state.done.push({ role: rows[0]?.role ?? "", atMs: performance.now() });
      } catch (error) {
        state.failed.push(error);
      }
      await setTimeout(5);
    }
  }
  await logins.current();
  const workers = [work(), work()];
  closing.push(async () => {
    await state.rest();
    await pool.end();
  });
  return state;
}

async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  const end = Date.now() + 20_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`It did not come to pass that ${what}.`);
    await setTimeout(50);
  }
}

async function accepts(user: string, password: string): Promise<boolean> {
  const client = new pg.Client({ ...elsewhere(), user, password, database: "shop" });
  return await client.connect().then(
    async () => {
      await client.end();
      return true;
    },
    (error: unknown) => {
      expect(error).toMatchObject({ code: "28P01" });
      return false;
    },
  );
}

describe("an application that reads the secret as the example does", () => {
  it("meets no refusal while a pair is rotated three times, and ends up on each role in turn", async () => {
    await rotate(pair);
    const app = await consumer(pair);
    const roles = [(await app.logins.current()).username];
    for (let turn = 0; turn < 3; turn += 1) {
      await rotate(pair);
      const before = app.done.length;
      const last = roles.at(-1);
      await until("the application has the other role", () => app.done.slice(before).some(({ role }) => role !== last));
      roles.push(app.done.at(-1)?.role ?? "");
    }
    await app.rest();

    const [one, other] = roles;
    expect([one, other].sort()).toEqual(["shop_a", "shop_b"]);
    expect(roles).toEqual([one, other, one, other]);
    expect(app.failed).toEqual([]);
    expect(app.refused).toEqual([]);
    expect(app.done.length).toBeGreaterThan(50);
  }, 90_000);

  it("waits through the gap of a single role, which is as long as the vault takes, and fails in nothing", async () => {
    await rotate(single);
    const app = await consumer(single);
    const before = await app.logins.current();
    await until("the application works", () => app.done.length > 5);
    fleet.local().emulator.faults.add({
      method: "PUT",
      path: new RegExp(`^/secrets/${single}/?$`),
      action: { kind: "delay", ms: 1500 },
    });

    await rotate(single);
    const rotatedMs = performance.now();
    await until("the application goes on", () => app.done.some(({ atMs }) => atMs > rotatedMs + 500));
    await app.rest();

    expect(app.failed).toEqual([]);
    expect(app.refused.length).toBeGreaterThan(0);
    expect(new Set(app.refused)).toEqual(new Set(["28P01"]));
    const after = await app.logins.current();
    expect(after.version).not.toBe(before.version);
    expect(await accepts(before.username, before.password)).toBe(false);
    expect(await accepts(after.username, after.password)).toBe(true);
  }, 90_000);
});

describe("the example's own process", () => {
  it("serves, and ends by itself with no connection left open", async () => {
    await rotate(pair);
    const { environment, emulator } = fleet.local();
    const child = fork(join(process.cwd(), "examples/consumer/main.ts"), [], {
      env: {
        PATH: process.env["PATH"],
        NODE_EXTRA_CA_CERTS: environment["PGWARDEN_CA_FILE"],
        IDENTITY_ENDPOINT: environment["IDENTITY_ENDPOINT"],
        IDENTITY_HEADER: environment["IDENTITY_HEADER"],
        AZURE_CLIENT_ID: application.clientId,
        KEY_VAULT_URL: emulator.url,
        SECRET_NAME: pair,
        PORT: "0",
        PGHOSTADDR: "127.0.0.1",
        PGPORT: String(server().port),
      },
      execArgv: [],
      stdio: ["ignore", "pipe", "inherit", "ipc"],
    });
    closing.push(() => kill(child));
    const [line] = (await once(child.stdout ?? process.stdin, "data")) as [Buffer];
    const url = `http://127.0.0.1:${/\d+/.exec(line.toString())?.[0] ?? ""}/`;
    const answer = (await (await fetch(url)).json()) as { role: string };

    child.kill("SIGTERM");
    const [code] = (await once(child, "exit")) as [number | null];
    const { rows } = await server().asSuperuser((client) =>
      client.query("select 1 from pg_stat_activity where application_name = 'consumer-example'"),
    );

    expect(answer.role).toMatch(/^shop_[ab]$/);
    expect(code).toBe(0);
    expect(rows).toEqual([]);
  }, 60_000);
});

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}

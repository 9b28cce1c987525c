import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { readEnvironment } from "../../shared/config/environment.ts";
import { readConfigFile } from "../../shared/config/loadConfig.ts";
import { adminRotator, rotationFleet, rotator } from "../../shared/local/rotationFleet.ts";
import { scramVerifier } from "../../shared/local/scramVerifier.ts";
import { startLocalAzure, type LocalAzure, type LocalServer } from "../../shared/local/startLocalAzure.ts";
import type { CredentialServer } from "../../shared/model/credential.ts";
import { SecretValue } from "../../shared/model/secretValue.ts";
import { loginProbe } from "../../shared/postgres/loginProbe.ts";
import { rotatorDatabase } from "../../shared/postgres/rotatorDatabase.ts";
import type { SqlSession } from "../../shared/rotate/ports.ts";
import { testTemplates } from "../describePostgres.ts";
import { trust } from "../postgres/localTarget.ts";

const { signal } = new AbortController();
const majors = [13, 16, 18] as const;
const password = "Hunter2-Hunter2-Hunter2-Hunter2-Hunter2x";

let azure: LocalAzure;
let logDirectory: string;

beforeAll(async () => {
  logDirectory = await mkdtemp(join(tmpdir(), "pgwarden-logs-"));
  azure = await startLocalAzure({ fleet: rotationFleet(majors), streams: {}, logDirectory, ...testTemplates() });
  trust(azure.ca);
}, 60_000);

afterAll(async () => {
  await azure.stop();
  await rm(logDirectory, { recursive: true });
});

function serverOf(major: number): LocalServer {
  const server = azure.servers.find((candidate) => candidate.major === major);
  if (server === undefined) throw new Error(`No server of major ${major}.`);
  return server;
}

function targetOf({ id, name, fqdn, administrator }: LocalServer): CredentialServer {
  return { id, name, host: fqdn, administratorLogin: administrator.user };
}

async function tokenOf(clientId: string, resource: string): Promise<string> {
  const { identityEndpoint, identityHeader } = azure.emulator;
  const query = new URLSearchParams({ "api-version": "2019-08-01", resource, client_id: clientId });
  const response = await fetch(`${identityEndpoint}?${query.toString()}`, {
    headers: { "x-identity-header": identityHeader },
  });
  return ((await response.json()) as { access_token: string }).access_token; // the shape is tested in tokenRoute.test.ts
}

async function asRotator<T>(major: number, work: (session: SqlSession) => Promise<T>): Promise<T> {
  const { hosts } = readEnvironment(azure.environment);
  const database = rotatorDatabase({
    role: rotator.name,
    password: async () => new SecretValue(await tokenOf(rotator.clientId, "https://ossrdbms-aad.database.windows.net")),
    hosts,
  });
  const session = await database.open(targetOf(serverOf(major)), signal);
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}

function run(session: SqlSession, sql: string): Promise<string> {
  return session.run({ name: "test", sql }, [], signal).then(
    () => "done",
    (error: unknown) => (error as { cause: { code: string } }).cause.code,
  );
}

describe("rotationFleet", () => {
  it("tells other processes who rotates and what", async () => {
    const environment = readEnvironment(azure.environment);
    const config = await readConfigFile(environment.configPath, signal);

    expect(environment).toMatchObject({
      rotatorClientId: rotator.clientId,
      adminRotatorClientId: adminRotator.clientId,
    });
    expect(config.postgres.rotatorRole).toBe("pgwarden-rotator");
    expect(config.credentials.map(({ name, strategy, server }) => `${name} ${strategy} ${server}`)).toEqual(
      majors.flatMap((major) => [
        `shop-${major} alternating shop-${major}`,
        `report-${major} single shop-${major}`,
        `admin-${major} admin shop-${major}`,
      ]),
    );
    expect(config.credentials[0]).toMatchObject({
      published: { vault: azure.emulator.url, name: "shop-13" },
      pending: { vault: azure.emulator.url, name: "shop-13--next" },
    });
  });

  it("grants the vault's rights to the rotator for its own secrets, and none to the scanner", async () => {
    async function statusOf(clientId: string, method: string, path: string): Promise<number> {
      const authorization = `Bearer ${await tokenOf(clientId, "https://vault.azure.net")}`;
      const response = await fetch(`${azure.emulator.url}${path}?api-version=7.6`, {
        method,
        headers: { authorization, "content-type": "application/json" },
        ...(method === "PUT" && { body: JSON.stringify({ value: "x" }) }),
      });
      return response.status;
    }
    const scanner = azure.fleet.identities[0].clientId;
    const pipeline = azure.fleet.identities.at(-1)?.clientId ?? "";

    expect([
      await statusOf(rotator.clientId, "PUT", "/secrets/shop-13--next"),
      await statusOf(rotator.clientId, "PUT", "/secrets/strange"),
      await statusOf(rotator.clientId, "DELETE", "/secrets/shop-13--next"),
      await statusOf(adminRotator.clientId, "GET", "/secrets/shop-13--next"),
      await statusOf(scanner, "GET", "/secrets/shop-13--next"),
      await statusOf(pipeline, "DELETE", "/secrets/shop-13--next"),
    ]).toEqual([200, 403, 403, 403, 403, 200]);
  });

  it.each(majors)("lets the rotator change what it should on PostgreSQL %i, and nothing else", async (major) => {
    const verifier = scramVerifier(password);

    const done = await asRotator(major, async (session) => [
      await run(session, "create schema if not exists pgwarden"),
      await run(session, "create table if not exists pgwarden.ledger (target text)"),
      await run(session, `alter role shop_a password '${verifier}'`),
      await run(session, `alter role report password '${verifier}'`),
      await run(session, "set role shop_a"),
      await run(session, "alter role azuresu connection limit 5"),
    ]);

    expect(done).toEqual(["done", "done", "done", "done", "42501", "42501"]);
  });

  it.each(majors)(
    "lets the pair log in as their owner on PostgreSQL %i, and shows no password in the log",
    async (major) => {
      const server = serverOf(major);
      const { hosts } = readEnvironment(azure.environment);
      await asRotator(major, (session) => run(session, `alter role shop_b password '${scramVerifier(password)}'`));

      const pair = { user: "shop_b", password: new SecretValue(password) };
      const outcome = await loginProbe({ hosts }).login(targetOf(server), pair, "shop", signal);
      const current = await server.asSuperuser((client) =>
        client.query("select unnest(setconfig) as set from pg_db_role_setting where setrole = 'shop_b'::regrole"),
      );
      const log = await readFile(join(logDirectory, `${server.name}.log`), "utf8");

      expect(outcome).toEqual({ state: "accepted", afterwards: null });
      expect(current.rows).toEqual([{ set: "role=shop_owner" }]);
      expect(log).toMatch(/alter role shop_b password/);
      expect(log).not.toContain(password);
    },
  );

  it.each(majors)("has the statistics of statements on PostgreSQL %i", async (major) => {
    const { rows } = await serverOf(major).asSuperuser(async (client) => {
      await client.query("create extension if not exists pg_stat_statements");
      return client.query<{ seen: boolean }>(
        "select count(*) > 0 as seen from pg_stat_statements where query ilike 'alter role shop_b password%'",
      );
    });

    expect(rows).toEqual([{ seen: true }]);
  });
});

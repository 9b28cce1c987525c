import { beforeAll, describe, expect, it } from "@jest/globals";
import pg from "pg";
import type { PostgresServer } from "../../shared/local/postgresServer.ts";
import type { CredentialServer, SecretPair } from "../../shared/model/credential.ts";
import { SecretValue } from "../../shared/model/secretValue.ts";
import { loginProbe, type LoginProbeOptions } from "../../shared/postgres/loginProbe.ts";
import type { LoginOutcome } from "../../shared/rotate/ports.ts";
import { everythingOf } from "../azure/leaks.ts";
import { describePostgres } from "../describePostgres.ts";
import { withFakeServer } from "./fakeServer.ts";
import { forever, host, leadTo, trust } from "./localTarget.ts";

const target: CredentialServer = { id: "/servers/orders", name: "orders", host, administratorLogin: "pgadmin" };
const password = "Hunter2-Hunter2-Hunter2-Hunter2-Hunter2x";

function pair(user: string, value = password): SecretPair {
  return { user, password: new SecretValue(value) };
}

async function login(
  port: number,
  who: SecretPair,
  {
    database = "postgres",
    signal = forever,
    ...options
  }: Partial<LoginProbeOptions> & {
    readonly database?: string;
    readonly signal?: AbortSignal;
  } = {},
): Promise<LoginOutcome> {
  const outcome = await loginProbe({ hosts: leadTo(port), ...options }).login(target, who, database, signal);
  expect(everythingOf(outcome)).not.toContain(password);
  return outcome;
}

/** Roles that differ in why they cannot work, all with the right password. */
const roles = `
  create role app login password '${password}';
  create role parked nologin password '${password}';
  create role full login connection limit 0 password '${password}';
  create role expired login valid until '2020-01-01' password '${password}';
  set password_encryption = 'md5';
  create role old login password '${password}';
  create database closed;
  revoke connect on database closed from public`;

describePostgres("all", (_, getServer) => {
  beforeAll(async () => {
    trust(getServer().ca);
    await getServer().asSuperuser(async (client) => {
      for (const sql of roles.split(";")) await client.query(sql);
    });
  });

  it("accepts the right password and rejects a wrong one", async () => {
    const { port } = getServer();

    expect(await login(port, pair("app"))).toEqual({ state: "accepted", afterwards: null });
    expect(await login(port, pair("app", "wrong"))).toEqual({ state: "rejected", sqlState: "28P01" });
  });

  it("26. cannot tell a wrong password from a missing role or an expired one", async () => {
    const { port } = getServer();

    expect(await login(port, pair("nobody"))).toEqual({ state: "rejected", sqlState: "28P01" });
    expect(await login(port, pair("expired"))).toEqual({ state: "rejected", sqlState: "28P01" });
  });

  it.each([
    ["a role that may not log in", "parked", "postgres", "28000"],
    ["too many connections of the role", "full", "postgres", "53300"],
    ["no right to the database", "app", "closed", "42501"],
    ["no such database", "app", "gone", "3D000"],
  ])("accepts the password in spite of %s", async (_name, user, database, afterwards) => {
    expect(await login(getServer().port, pair(user), { database })).toEqual({ state: "accepted", afterwards });
  });

  it("is rejected where pg_hba.conf lets nobody in, and learns nothing where it asks for no password", async () => {
    const server = getServer();
    const outcomes: LoginOutcome[] = [];
    try {
      for (const method of ["reject", "trust"]) {
        await server.setConnectionRules([`hostssl all app 127.0.0.1/32 ${method}`]);
        outcomes.push(await login(server.port, pair("app", "wrong")));
      }
    } finally {
      await server.setConnectionRules(["hostssl all all 127.0.0.1/32 scram-sha-256"]);
    }

    expect(outcomes).toEqual([
      { state: "rejected", sqlState: "28000" },
      { state: "unanswered", detail: `${host}:5432 lets role app in without asking for its password.` },
    ]);
  });

  it("proves an MD5 password too, as long as the server takes them", async () => {
    const server = getServer();
    try {
      await server.setConnectionRules(["hostssl all all 127.0.0.1/32 md5"]);

      expect(await login(server.port, pair("old"))).toEqual({ state: "accepted", afterwards: null });
      expect(await login(server.port, pair("old", "wrong"))).toEqual({ state: "rejected", sqlState: "28P01" });
    } finally {
      await server.setConnectionRules(["hostssl all all 127.0.0.1/32 scram-sha-256"]);
    }
  });

  it("closes at once", async () => {
    await login(getServer().port, pair("app"));

    await expect(untilGone(getServer())).resolves.toBeUndefined();
  });

  it("learns nothing where nothing listens, from a wrong certificate, or after its time", async () => {
    const { port } = getServer();
    const hosts = { "orders.example.com": leadTo(port)[host] ?? { addresses: [], connect: {} } };
    const other = { ...target, host: "orders.example.com" };

    expect(await login(1, pair("app"))).toEqual({
      state: "unanswered",
      detail: `${host}:5432 refused the connection.`,
    });
    expect(await loginProbe({ hosts }).login(other, pair("app"), "postgres", forever)).toEqual({
      state: "unanswered",
      detail:
        "orders.example.com:5432 was not trusted: its certificate is made out to other names (ERR_TLS_CERT_ALTNAME_INVALID).",
    });
    expect(await login(port, pair("app"), { signal: AbortSignal.abort() })).toEqual({
      state: "unanswered",
      detail: `The run's time was over before ${host}:5432 answered.`,
    });
  });
});

describePostgres(
  [17],
  (_, getServer) => {
    it("30. learns nothing when no connection is left before the password is looked at", async () => {
      const server = getServer();
      trust(server.ca);
      const clients: pg.Client[] = [];
      try {
        for (;;) {
          const client = new pg.Client(server.clientConfig(server.superuser));
          client.on("error", () => undefined);
          await client.connect();
          clients.push(client);
        }
      } catch (error) {
        expect(error).toMatchObject({ code: "53300" });
      }

      expect(await login(server.port, pair("pgadmin"))).toEqual({
        state: "unanswered",
        detail: `${host}:5432 has no connection left (53300).`,
      });
      await Promise.all(clients.map((client) => client.end()));
    });
  },
  { settings: { max_connections: "5", superuser_reserved_connections: "1", max_wal_senders: "0" } },
);

describe("loginProbe", () => {
  it("learns nothing from a server without TLS, and sends it no password", async () => {
    await withFakeServer([Buffer.from("N")], async ({ port, received }) => {
      expect(await login(port, pair("app"))).toEqual({
        state: "unanswered",
        detail: `${host}:5432 offers no TLS.`,
      });
      expect(Buffer.concat(received).toString("latin1")).not.toContain("app");
    });
  });

  it("learns nothing from a server that does not answer in time", async () => {
    await withFakeServer(["wait"], async ({ port }) => {
      expect(await login(port, pair("app"), { timeoutMs: 50 })).toEqual({
        state: "unanswered",
        detail: `${host}:5432 did not answer within 50 ms.`,
      });
    });
  });
});

async function untilGone(server: PostgresServer): Promise<void> {
  const sql = "select from pg_stat_activity where application_name = 'pgwarden-login'";
  for (let tries = 0; tries < 100; tries += 1) {
    const { rowCount } = await server.asSuperuser((client) => client.query(sql));
    if (rowCount === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error("The probe's session is still there.");
}

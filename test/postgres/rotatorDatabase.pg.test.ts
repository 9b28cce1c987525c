import { beforeAll, describe, expect, it } from "@jest/globals";
import { scramVerifier } from "../../shared/local/scramVerifier.ts";
import type { PostgresServer } from "../../shared/local/postgresServer.ts";
import type { CredentialServer } from "../../shared/model/credential.ts";
import { SecretValue } from "../../shared/model/secretValue.ts";
import { rotatorDatabase, type RotatorDatabaseOptions } from "../../shared/postgres/rotatorDatabase.ts";
import type { SqlSession } from "../../shared/rotate/ports.ts";
import { RotationError } from "../../shared/rotate/rotationError.ts";
import { everythingOf } from "../azure/leaks.ts";
import { losingProxy } from "../azure/realStorage.ts";
import { describePostgres } from "../describePostgres.ts";
import { forever, host, leadTo, trust } from "./localTarget.ts";

const target: CredentialServer = { id: "/servers/orders", name: "orders", host, administratorLogin: "pgadmin" };
const token = new SecretValue("a-token-of-the-rotator-0123456789");
const verifier = scramVerifier("Hunter2-Hunter2-Hunter2");

function statement(sql: string) {
  return { name: "test.statement", sql };
}

async function faultOf(work: Promise<unknown>) {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  const shown = everythingOf(error);
  for (const hidden of [token.reveal(), verifier, "hidden_text"]) expect(shown).not.toContain(hidden);
  if (!(error instanceof RotationError)) throw new Error("It did not fail with a RotationError.", { cause: error });
  const { code, effect, message, cause } = error;
  return { code, effect, message, sqlState: (cause as { code?: string } | undefined)?.code };
}

describePostgres(
  "all",
  (major, getServer) => {
    beforeAll(async () => {
      trust(getServer().ca);
      await getServer().asSuperuser(async (client) => {
        await client.query(`create role "pgwarden-rotator" login createrole password '${token.reveal()}'`);
        await client.query('grant create on database postgres to "pgwarden-rotator"');
        await client.query(`alter role "pgwarden-rotator" set search_path = public`);
      });
    });

    function open(override: Partial<RotatorDatabaseOptions> = {}, signal = forever): Promise<SqlSession> {
      const { port } = getServer();
      const options = { role: "pgwarden-rotator", password: () => Promise.resolve(token), hosts: leadTo(port) };
      return rotatorDatabase({ ...options, ...override }).open(target, signal);
    }

    async function withSession<T>(
      work: (session: SqlSession) => Promise<T>,
      override: Partial<RotatorDatabaseOptions> = {},
    ): Promise<T> {
      const session = await open(override);
      try {
        return await work(session);
      } finally {
        await session.close();
      }
    }

    it("is a verified session of the rotator in the ledger's database, whatever the role's settings are", async () => {
      const sql = `select session_user::text as "user", current_database()::text as "database",
                          current_setting('application_name') as "application", s.ssl as "tls",
                          current_setting('search_path') as "path", current_setting('statement_timeout') as "statement",
                          current_setting('idle_in_transaction_session_timeout') as "idle"
                     from pg_stat_ssl s where s.pid = pg_backend_pid()`;

      const [row, ofServer] = await withSession(async (session) => [
        await session.run(statement(sql), [], forever),
        session.major,
      ]);

      expect(ofServer).toBe(major);
      expect(row).toEqual([
        {
          user: "pgwarden-rotator",
          database: "postgres",
          application: "pgwarden-rotator",
          tls: true,
          path: "pg_catalog",
          statement: "30s",
          idle: "1min",
        },
      ]);
    });

    it("binds values and never reads them as SQL", async () => {
      const value = `'; drop role "pgadmin"; --`;

      const rows = await withSession((session) =>
        session.run(statement('select $1::text as "text", $2::bigint::text as "number"'), [value, "7"], forever),
      );

      expect(rows).toEqual([{ text: value, number: "7" }]);
    });

    it("takes one statement, also without values", async () => {
      const fault = await withSession((session) =>
        faultOf(session.run(statement("select 1; select 'hidden_text'"), [], forever)),
      );

      expect(fault).toMatchObject({ code: "DATABASE_REFUSED", effect: "none", sqlState: "42601" });
    });

    it("says which statement was refused and why, shows neither its text nor its values, and goes on", async () => {
      await withSession(async (session) => {
        const right = await faultOf(session.run(statement(`alter role azuresu password '${verifier}'`), [], forever));
        const value = await faultOf(session.run(statement("select $1::bigint"), ["hidden_text"], forever));
        await session.run(statement("begin read only"), [], forever);
        const readOnly = await faultOf(session.run(statement("create schema hidden_text"), [], forever));
        await session.run(statement("rollback"), [], forever);

        expect(right).toEqual({
          code: "RIGHT_MISSING",
          effect: "none",
          message: `${host}:5432 refused test.statement (42501).`,
          sqlState: "42501",
        });
        expect(value).toMatchObject({ code: "DATABASE_REFUSED", effect: "none", sqlState: "22P02" });
        expect(readOnly).toMatchObject({ code: "DATABASE_IN_RECOVERY", effect: "none", sqlState: "25006" });
        expect(await session.run(statement('select 1 as "a"'), [], forever)).toEqual([{ a: 1 }]);
      });
    });

    it("does not know the effect when the server ends the session, and sends nothing afterwards", async () => {
      await withSession(async (session) => {
        const waiting = faultOf(session.run(statement("select pg_sleep(30)"), [], forever));
        await untilAsleep(getServer());
        await terminate(getServer());

        expect(await waiting).toMatchObject({ code: "DATABASE_UNREACHABLE", effect: "unknown", sqlState: "57P01" });
        expect(await faultOf(session.run(statement("commit"), [], forever))).toMatchObject({
          code: "DATABASE_UNREACHABLE",
          effect: "none",
          message: `test.statement was not sent: the connection to ${host}:5432 ended.`,
        });
      });
    });

    it("does not know the effect of a COMMIT whose answer got lost: here it was done", async () => {
      const proxy = await losingProxy(`https://127.0.0.1:${getServer().port}`);
      const hosts = leadTo(Number(new URL(proxy.endpoint).port));

      await withSession(
        async (session) => {
          await session.run(statement("begin"), [], forever);
          await session.run(statement(`create role "made-${major}"`), [], forever);
          proxy.loseNextAnswer();
          const fault = await faultOf(session.run(statement("commit"), [], forever));

          expect(fault).toMatchObject({ code: "DATABASE_UNREACHABLE", effect: "unknown", sqlState: undefined });
        },
        { hosts },
      );
      await proxy.close();
      const made = await getServer().asSuperuser((client) =>
        client.query("select from pg_roles where rolname = $1", [`made-${major}`]),
      );
      expect(made.rowCount).toBe(1);
    });

    it("bounds a statement, by its own limit and by the run's", async () => {
      const own = await withSession((session) => faultOf(session.run(statement("select pg_sleep(30)"), [], forever)), {
        statementTimeoutMs: 50,
      });
      const run = await withSession((session) =>
        faultOf(session.run(statement("select pg_sleep(30)"), [], AbortSignal.timeout(50))),
      );
      const before = await withSession((session) =>
        faultOf(session.run(statement("select 1"), [], AbortSignal.abort())),
      );

      expect([own, run, before].map(({ code, effect }) => `${code} ${effect}`)).toEqual([
        "DATABASE_UNREACHABLE unknown",
        "DEADLINE unknown",
        "DEADLINE none",
      ]);
    });

    it("holds its advisory lock for as long as it lives", async () => {
      const lock = statement('select pg_try_advisory_lock(7) as "taken"');
      const [first, second] = [await open(), await open()];

      const taken = [await first.run(lock, [], forever), await second.run(lock, [], forever)];
      await first.close();
      await until(async () => (await second.run(lock, [], forever))[0]?.["taken"] === true);
      await second.close();

      expect(taken).toEqual([[{ taken: true }], [{ taken: false }]]);
    });

    it("does not open without the right password, a token, a listener or time", async () => {
      const none = new Error(token.reveal());
      const noToken = faultOf(open({ password: () => Promise.reject(none) }));
      const faults = [
        await faultOf(open({ password: () => Promise.resolve(new SecretValue("wrong")) })),
        await noToken,
        await faultOf(open({ hosts: leadTo(1) })),
        await faultOf(open({}, AbortSignal.abort())),
        await faultOf(open({ password: () => new Promise(() => undefined), connectTimeoutMs: 50 })),
      ];

      expect(faults.map(({ code, effect, sqlState }) => `${code} ${effect} ${sqlState ?? ""}`)).toEqual([
        "DATABASE_REFUSED none 28P01",
        "DATABASE_REFUSED none ",
        "DATABASE_UNREACHABLE none ECONNREFUSED",
        "DEADLINE none ",
        "DATABASE_UNREACHABLE none ",
      ]);
    });

    it("does not trust a certificate of another name", async () => {
      const hosts = { "orders.example.com": leadTo(getServer().port)[host] ?? { addresses: [], connect: {} } };
      const other = { ...target, host: "orders.example.com" };
      const database = rotatorDatabase({ role: "pgwarden-rotator", password: () => Promise.resolve(token), hosts });

      expect(await faultOf(database.open(other, forever))).toMatchObject({
        code: "DATABASE_UNREACHABLE",
        effect: "none",
        sqlState: "ERR_TLS_CERT_ALTNAME_INVALID",
      });
    });
  },
  { settings: { log_statement: "all" } },
);

describe("everythingOf", () => {
  it("sees what an error hides in its cause", () => {
    expect(everythingOf(new Error("a", { cause: { deep: { secret: "hunter2" } } }))).toContain("hunter2");
  });
});

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (await isTrue()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error("It did not come true.");
}

const ofRotator = "application_name = 'pgwarden-rotator'";

function untilAsleep(server: PostgresServer): Promise<void> {
  const sql = `select from pg_stat_activity where ${ofRotator} and wait_event = 'PgSleep'`;
  return until(async () => ((await server.asSuperuser((client) => client.query(sql))).rowCount ?? 0) > 0);
}

async function terminate(server: PostgresServer): Promise<void> {
  await server.asSuperuser((client) =>
    client.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where ${ofRotator} and wait_event = 'PgSleep'`,
    ),
  );
}

import { beforeAll, expect, it } from "@jest/globals";
import { CollectError } from "../../shared/collect/collectError.ts";
import type { CatalogConnection, CatalogTarget } from "../../shared/collect/collector.ts";
import { makeCertificates } from "../../shared/local/certificates.ts";
import { startPostgresServer, type PostgresServer } from "../../shared/local/postgresServer.ts";
import { SecretValue } from "../../shared/model/secretValue.ts";
import { catalogPort, type CatalogPortOptions } from "../../shared/postgres/catalogPort.ts";
import { describePostgres, testTemplates } from "../describePostgres.ts";
import { forever, host, leadTo, trust } from "./localTarget.ts";

const target: CatalogTarget = { host, port: 5432, database: "postgres", role: "pgadmin" };

function portTo(server: PostgresServer, override: Partial<CatalogPortOptions> = {}) {
  return catalogPort({
    hosts: leadTo(server.port),
    password: () => Promise.resolve(server.administrator.password),
    ...override,
  });
}

async function faultOf(work: Promise<CatalogConnection>): Promise<{ reason: string; message: string }> {
  try {
    await (await work).close();
  } catch (error) {
    if (error instanceof CollectError) return { reason: error.reason, message: error.message };
    throw error;
  }
  throw new Error("It did not fail.");
}

describePostgres([13, 18], (major, getServer) => {
  beforeAll(() => {
    trust(getServer().ca);
  });

  it("gives the rows of each statement of one message and the server's major", async () => {
    const connection = await portTo(getServer()).open(target, forever);

    const rows = await connection.run(["select 1 as a", "set local jit = off", "select 'x' as b, 2 as c"], forever);

    await connection.close();
    expect(connection.major).toBe(major);
    expect(rows).toEqual([[{ a: 1 }], [], [{ b: "x", c: 2 }]]);
  });

  it("hands rows over as they arrive to a statement that takes them, and gives those of the others", async () => {
    const connection = await portTo(getServer()).open(target, forever);
    const taken: unknown[][] = [];
    const taking = {
      sql: "select n from pg_catalog.generate_series(1, 3) n",
      begin: () => {
        const rows: unknown[] = [];
        taken.push(rows);
        return (row: unknown) => rows.push(row);
      },
    };
    const none = { sql: "select 1 as a where false", begin: taking.begin };

    const rows = await connection.run(["set local jit = off", taking, "select 2 as b", none, "select 3 as c"], forever);
    await expect(connection.run([taking, "select 1/0"], forever)).rejects.toThrow(CollectError);
    const again = await connection.run([taking, "select 4 as d"], forever);

    await connection.close();
    expect(rows).toEqual([[], [], [{ b: 2 }], [], [{ c: 3 }]]);
    expect(again).toEqual([[], [{ d: 4 }]]);
    const three = [{ n: 1 }, { n: 2 }, { n: 3 }];
    expect(taken).toEqual([three, [], three, three]);
  });

  it("goes on after a statement that failed, and keeps the server's text out of the sentence", async () => {
    const connection = await portTo(getServer()).open(target, forever);

    const failed = connection.run(["select rolpassword from pg_catalog.pg_authid"], forever);

    await expect(failed).rejects.toMatchObject({
      reason: "denied",
      message: `${host}:5432 refused a catalog query: a right is missing (42501).`,
    });
    expect(await connection.run(["select 1 as a"], forever)).toEqual([[{ a: 1 }]]);
    await connection.close();
  });

  it("ends a statement when the run's time is over", async () => {
    const connection = await portTo(getServer()).open(target, forever);
    const run = new AbortController();

    const waiting = connection.run(["select pg_catalog.pg_sleep(30)"], run.signal);
    setTimeout(() => {
      run.abort();
    }, 50);

    await expect(waiting).rejects.toMatchObject({ reason: "deadline" });
    await expect(connection.run(["select 1"], forever)).rejects.toMatchObject({ reason: "unreachable" });
    await connection.close();
  });

  it("bounds a message in time", async () => {
    const connection = await portTo(getServer(), { messageTimeoutMs: 50 }).open(target, forever);

    await expect(connection.run(["select pg_catalog.pg_sleep(30)"], forever)).rejects.toMatchObject({
      reason: "timeout",
    });
    await connection.close();
  });

  it("says that a statement met the end of the connection", async () => {
    const connection = await portTo(getServer()).open(target, forever);
    const waiting = connection.run(["select pg_catalog.pg_sleep(30)"], forever);
    const ended = expect(waiting).rejects.toMatchObject({ reason: "unreachable" });
    await getServer().asSuperuser((client) =>
      client.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'pgwarden'"),
    );

    await ended;
    await connection.close();
  });

  it("says that the password of a role was refused", async () => {
    const wrong = portTo(getServer(), { password: () => Promise.resolve(new SecretValue("wrong-horse")) });

    const { reason, message } = await faultOf(wrong.open(target, forever));

    expect(reason).toBe("denied");
    expect(message).toMatch(/refused the password of role pgadmin \(28P01\)/);
    expect(message).not.toMatch(/wrong-horse/);
  });

  it("says that there is no token, and not why", async () => {
    const none = portTo(getServer(), { password: () => Promise.reject(new Error("secret-detail")) });

    const { reason, message } = await faultOf(none.open(target, forever));

    expect(reason).toBe("denied");
    expect(message).toBe(`There is no token to log in with as role pgadmin on ${host}.`);
  });

  it("says that a role may not log in from here", async () => {
    const server = getServer();
    await server.setConnectionRules(["hostssl all pgadmin 127.0.0.1/32 reject"]);

    const { reason, message } = await faultOf(portTo(server).open(target, forever));

    await server.setConnectionRules(["hostssl all all 127.0.0.1/32 scram-sha-256"]);
    expect(reason).toBe("denied");
    expect(message).toMatch(/does not let role pgadmin log in \(28000\)/);
  });

  it("says that the database is missing", async () => {
    const { reason, message } = await faultOf(portTo(getServer()).open({ ...target, database: "gone" }, forever));

    expect({ reason, message }).toEqual({ reason: "absent", message: `${host}:5432 has no database gone (3D000).` });
  });

  it("says that the role may not connect to the database", async () => {
    await getServer().asSuperuser((client) => client.query("create role quiet login password 'a-password-of-quiet'"));
    const port = portTo(getServer(), { password: () => Promise.resolve(new SecretValue("a-password-of-quiet")) });

    const { reason, message } = await faultOf(port.open({ ...target, role: "quiet", database: "azure_sys" }, forever));

    expect(reason).toBe("denied");
    expect(message).toMatch(/Role quiet may not connect to database azure_sys .*42501/);
  });

  it("says that nothing listens", async () => {
    const { reason, message } = await faultOf(portTo(getServer(), { hosts: leadTo(1) }).open(target, forever));

    expect({ reason, message }).toEqual({ reason: "unreachable", message: `${host}:5432 refused the connection.` });
  });

  it("does not start when the run is over", async () => {
    expect((await faultOf(portTo(getServer()).open(target, AbortSignal.abort()))).reason).toBe("deadline");
  });

  it("refuses a certificate that is made out to another name", async () => {
    const hosts = { "orders.example.com": leadTo(getServer().port)[host] ?? { addresses: [], connect: {} } };

    const { reason, message } = await faultOf(
      portTo(getServer(), { hosts }).open({ ...target, host: "orders.example.com" }, forever),
    );

    expect(reason).toBe("unreachable");
    expect(message).toBe(
      "orders.example.com:5432 was not trusted: its certificate is made out to other names (ERR_TLS_CERT_ALTNAME_INVALID).",
    );
  });
});

describePostgres([17], (major) => {
  it("refuses a self-signed certificate, one of an unknown authority, and a server without TLS", async () => {
    const messages: string[] = [];
    for (const [options, settings] of [
      [{ selfSigned: true }, {}],
      [{}, {}],
      [{}, { ssl: "off" }],
    ] as const) {
      const certificate = await makeCertificates(["*.postgres.database.azure.com"], options);
      const server = await startPostgresServer({
        ...testTemplates(),
        major,
        certificate,
        settings,
        hba: ["host all all 127.0.0.1/32 scram-sha-256"],
      });
      try {
        messages.push((await faultOf(portTo(server).open(target, forever))).message);
      } finally {
        await server.stop();
      }
    }

    expect(messages).toEqual([
      `${host}:5432 was not trusted: its certificate is self-signed (DEPTH_ZERO_SELF_SIGNED_CERT).`,
      `${host}:5432 was not trusted: its certificate comes from an authority that is not known here (UNABLE_TO_VERIFY_LEAF_SIGNATURE).`,
      `${host}:5432 offers no TLS, and nothing is sent without it.`,
    ]);
  });
});

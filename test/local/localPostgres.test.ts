import { expect, it } from "@jest/globals";
import pg from "pg";
import { localPostgres } from "../../shared/local/localPostgres.ts";
import type { PostgresServer } from "../../shared/local/postgresServer.ts";
import { SecretValue } from "../../shared/model/secretValue.ts";
import { describePostgres } from "../describePostgres.ts";

const id = "/subscriptions/s/resourcegroups/g/providers/microsoft.dbforpostgresql/flexibleservers/orders";

describePostgres([13, 18], (major, getServer) => {
  function postgres(servers: readonly PostgresServer[] = [getServer()]) {
    return localPostgres(new Map(servers.map((server, index) => [index === 0 ? id : `${id}${index}`, server])));
  }

  function setting(name: string): Promise<string | undefined> {
    return getServer().asAdministrator(async (client) => {
      const result = await client.query<{ value: string }>("select current_setting($1) as value", [name]);
      return result.rows[0]?.value;
    });
  }

  async function login(user: string, password: string, options: pg.ClientConfig = {}): Promise<string> {
    const client = new pg.Client({
      ...getServer().clientConfig({ user, password: new SecretValue(password) }),
      ...options,
    });
    try {
      await client.connect();
      await client.end();
      return "in";
    } catch (error) {
      return (error as { code: string }).code; // what Node throws is no Error of jest's realm
    }
  }

  it("applies a parameter to the running server", async () => {
    const effect = await postgres().applyParameter(id, "ssl_min_protocol_version", "TLSv1.3");
    const value = await setting("log_disconnections");
    const changed = await postgres().applyParameter(id, "log_disconnections", "on");

    expect([effect, changed]).toEqual(["applied", "applied"]);
    expect(value).toBe("off");
    expect(await setting("log_disconnections")).toBe("on");
    expect(
      await login("pgadmin", "wrong", { ssl: { ca: getServer().ca, servername: "localhost", maxVersion: "TLSv1.2" } }),
    ).toMatch(/^ERR_SSL|EPROTO|ECONNRESET/);
  });

  it("keeps the elements of a quoted list apart", async () => {
    await postgres().applyParameter(id, "search_path", '"$user", public');

    expect(await setting("search_path")).toBe('"$user", public');
  });

  it("applies a static parameter with the next restart", async () => {
    const local = postgres();

    const effect = await local.applyParameter(id, "max_connections", "70");
    const before = await setting("max_connections");
    await local.restart(id);

    expect(effect).toBe("pendingRestart");
    expect(before).toBe("60");
    expect(await setting("max_connections")).toBe("70");
  });

  it.each(["pgaudit.log", "pgbouncer.enabled", "server_version", "shared_preload_libraries", "listen_addresses"])(
    "leaves %s to ARM",
    async (name) => {
      expect(await postgres().applyParameter(id, name, "x")).toBe("unsupported");
    },
  );

  it("leaves a server that it does not have to ARM", async () => {
    expect(await postgres().applyParameter("/other", "log_disconnections", "on")).toBe("unsupported");
  });

  it("opens and closes the door for plain text with require_secure_transport", async () => {
    const { user, password } = getServer().administrator;
    const local = postgres();
    function plain(): Promise<string> {
      return login(user, password.reveal(), { ssl: false });
    }

    const before = await plain();
    await local.applyParameter(id, "require_secure_transport", "OFF");
    const open = await plain();
    await local.applyParameter(id, "require_secure_transport", "on");

    expect([before, open, await plain()]).toEqual(["28000", "in", "28000"]);
  });

  it("lets MD5 verifiers in only while azure.accepted_password_auth_method names them", async () => {
    const local = postgres();
    await getServer().asAdministrator((client) =>
      client.query("set password_encryption = md5; create role old login password 'weak'"),
    );

    const before = await login("old", "weak");
    await local.applyParameter(id, "azure.accepted_password_auth_method", "md5,scram-sha-256");
    const open = await login("old", "weak");
    await local.applyParameter(id, "azure.accepted_password_auth_method", "scram-sha-256");
    await getServer().asAdministrator((client) => client.query("drop role old"));

    expect([before, open]).toEqual(["28P01", "in"]);
  });

  it("changes the password of a role with a strange name", async () => {
    const name = `O'Neil "x" ü${major}`;
    await getServer().asAdministrator((client) => client.query(`create role ${client.escapeIdentifier(name)} login`));

    await postgres().setPassword(id, name, 'n\'ew "pass"');
    const entered = await login(name, 'n\'ew "pass"');
    await getServer().asAdministrator((client) => client.query(`drop role ${client.escapeIdentifier(name)}`));

    expect(entered).toBe("in");
  });

  it("lets an Entra role in with its token, long ones too, until it expires, and leaves no trace of it", async () => {
    await getServer().asSuperuser((client) =>
      client.query(`create role scanner login; create role plain login;
        set allow_system_table_mods = on;
        insert into pg_shseclabel values ('scanner'::regrole, 'pg_authid'::regclass, 'pgaadauth', 'aadauth,oid=1,type=service')`),
    );
    const local = postgres();
    const token = "t".repeat(2000);
    const soon = new Date(Date.now() + 300);

    await Promise.all([
      local.acceptToken("scanner", token, soon),
      local.acceptToken("scanner", token, soon),
      local.acceptToken("plain", token, soon),
      local.acceptToken("nobody", token, soon),
    ]);
    const first = await login("scanner", token);
    const unmapped = await login("plain", token);
    const roles = await getServer().asAdministrator((client) =>
      client.query("select rolvaliduntil as until from pg_roles where rolname = 'scanner'"),
    );
    await new Promise((resolve) => setTimeout(resolve, 500));
    const late = await login("scanner", token);
    local.close();
    await getServer().asSuperuser((client) => client.query("drop role scanner; drop role plain"));

    expect([first, unmapped, late]).toEqual(["in", "28P01", "28P01"]);
    expect(roles.rows).toEqual([{ until: null }]);
  });

  it("keeps the newer token when the older one expires", async () => {
    await getServer().asSuperuser((client) =>
      client.query(`create role scanner login;
        set allow_system_table_mods = on;
        insert into pg_shseclabel values ('scanner'::regrole, 'pg_authid'::regclass, 'pgaadauth', 'aadauth,oid=1,type=service')`),
    );
    const local = postgres();

    await local.acceptToken("scanner", "older", new Date(Date.now() + 100));
    await local.acceptToken("scanner", "newer", new Date(Date.now() + 60_000));
    await new Promise((resolve) => setTimeout(resolve, 200));
    const entered = [await login("scanner", "older"), await login("scanner", "newer")];
    local.close();
    await getServer().asSuperuser((client) => client.query("drop role scanner"));

    expect(entered).toEqual(["28P01", "in"]);
  });

  it("stops and starts the server, and says so to who waits for it", async () => {
    const started: string[] = [];
    const local = localPostgres(new Map([[id, getServer()]]), (serverId) => {
      started.push(serverId);
      return Promise.resolve();
    });
    const { user, password } = getServer().administrator;

    await local.setRunning(id, false);
    await local.acceptToken("scanner", "token", new Date(Date.now() + 1000));
    const whileStopped = await login(user, password.reveal());
    await local.setRunning(id, true);

    expect([whileStopped, await login(user, password.reveal())]).toEqual(["ECONNREFUSED", "in"]);
    expect(started).toEqual([id]);
    local.close();
  });
});

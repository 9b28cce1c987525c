import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TokenCredential } from "@azure/core-auth";
import { BlobServiceClient } from "@azure/storage-blob";
import { QueueServiceClient } from "@azure/storage-queue";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import pg from "pg";
import { readEnvironment } from "../../shared/config/environment.ts";
import { readEnvFile } from "../../shared/config/envFile.ts";
import { readConfigFile } from "../../shared/config/loadConfig.ts";
import { armClient } from "../../shared/local/armClient.ts";
import { changeBehindOurBack } from "../../shared/local/behindOurBack.ts";
import { demoFleet } from "../../shared/local/demoFleet.ts";
import { LocalAzureError } from "../../shared/local/localAzureError.ts";
import {
  startLocalAzure,
  writeLocalEnvironment,
  type LocalAzure,
  type LocalServer,
} from "../../shared/local/startLocalAzure.ts";
import { SecretValue } from "../../shared/model/secretValue.ts";
import { testTemplates } from "../describePostgres.ts";

const START_TIMEOUT_MS = 60_000;
const signal = new AbortController().signal;

describe("startLocalAzure with the demo's fleet", () => {
  let azure: LocalAzure;
  beforeAll(async () => {
    azure = await startLocalAzure({ fleet: demoFleet, streams: {}, ...testTemplates() });
  }, START_TIMEOUT_MS);
  afterAll(async () => {
    const files = dirname(azure.environment["PGWARDEN_CONFIG"] ?? "");
    await azure.stop();
    await azure.stop();
    expect(existsSync(files)).toBe(false);
  });

  function server(name: string): LocalServer {
    const found = azure.servers.find((candidate) => candidate.name === name);
    if (found === undefined) throw new Error(`No server ${name}.`);
    return found;
  }

  async function tokenFor(resource: string): Promise<string> {
    const { identityEndpoint, identityHeader } = azure.emulator;
    const query = new URLSearchParams({
      "api-version": "2019-08-01",
      resource,
      client_id: azure.environment["AZURE_CLIENT_ID"] ?? "",
    });
    const response = await fetch(`${identityEndpoint}?${query.toString()}`, {
      headers: { "x-identity-header": identityHeader },
    });
    return ((await response.json()) as { access_token: string }).access_token;
  }

  /** What the role of the scanner sees when it logs in as the product does: name of the server, token, TLS. */
  async function asScanner(target: LocalServer, text: string): Promise<unknown[]> {
    const password = new SecretValue(await tokenFor("https://ossrdbms-aad.database.windows.net"));
    const config = target.postgres.clientConfig({ user: "pgwarden-scanner", password });
    const client = new pg.Client({ ...config, ssl: { ca: azure.ca, servername: target.fqdn } });
    await client.connect();
    try {
      const result = await client.query<Record<string, unknown>>(text);
      return result.rows;
    } finally {
      await client.end();
    }
  }

  function setting(target: LocalServer, name: string): Promise<unknown> {
    return asScanner(target, `select setting from pg_settings where name = '${name}'`);
  }

  it("has three servers of two majors and of each network model", () => {
    expect(azure.servers.map(({ name, major, network }) => ({ name, major, network }))).toEqual([
      { name: "orders", major: 17, network: "public endpoint" },
      { name: "ledger", major: 16, network: "virtual network" },
      { name: "crm", major: 17, network: "private endpoint" },
    ]);
  });

  it("describes itself in variables and a configuration that pgwarden reads", async () => {
    const environment = readEnvironment(azure.environment);
    const config = await readConfigFile(environment.configPath, signal);

    expect(environment).toMatchObject({
      armEndpoint: azure.emulator.url,
      caFile: azure.environment["PGWARDEN_CA_FILE"],
    });
    expect(environment.hosts[server("ledger").fqdn]).toEqual({
      addresses: ["10.20.1.4"],
      connect: { "5432": `127.0.0.1:${server("ledger").port}` },
    });
    expect(config.scope.subscriptions).toEqual([demoFleet.subscriptions[0]?.subscriptionId]);
    expect(config.postgres.role).toBe("pgwarden-scanner");
    expect(config.publish.logAnalytics).toEqual({ endpoint: azure.emulator.url, ruleId: azure.state.rule.immutableId });
  });

  it("writes variables and configuration for other processes, for the owner's eyes only", async () => {
    const directory = await mkdtemp(join(tmpdir(), "pgwarden-env-"));

    const path = await writeLocalEnvironment(join(directory, "new"), azure.environment);
    const read = await readEnvFile(path, signal);
    const files = await readdir(join(directory, "new"));
    const { mode } = await stat(path);
    const config = await readConfigFile(read["PGWARDEN_CONFIG"] ?? "", signal);
    await rm(directory, { recursive: true });

    expect(files.sort()).toEqual(["ca.pem", "local.env", "pgwarden.yaml"]);
    expect(mode & 0o777).toBe(0o600);
    expect({ ...read, PGWARDEN_CONFIG: "", PGWARDEN_CA_FILE: "" }).toEqual({
      ...azure.environment,
      PGWARDEN_CONFIG: "",
      PGWARDEN_CA_FILE: "",
    });
    expect(config.postgres.role).toBe("pgwarden-scanner");
  });

  it("lets the scanner into every server with its token, as a login without any power", async () => {
    const seen = await Promise.all(
      azure.servers.map((target) =>
        asScanner(
          target,
          `select r.rolsuper or r.rolcreaterole or r.rolcreatedb or r.rolbypassrls or r.rolreplication as power, r.rolvaliduntil as until,
                  array(select g.rolname::text from pg_auth_members m join pg_roles g on g.oid = m.roleid where m.member = r.oid order by 1) as groups,
                  array(select provider || '=' || label from pg_shseclabel l where l.objoid = r.oid) as labels
             from pg_roles r where r.rolname = session_user`,
        ),
      ),
    );

    const objectId = demoFleet.identities[0].objectId;
    const row = {
      power: false,
      until: null,
      groups: ["pg_read_all_settings", "pg_read_all_stats"],
      labels: [`pgaadauth=aadauth,oid=${objectId},type=service`],
    };
    expect(seen).toEqual([[row], [row], [row]]);
  });

  it("starts out with ARM and PostgreSQL in agreement", async () => {
    const differences = await Promise.all(
      azure.servers.map(async (target) => {
        const rows = (await asScanner(target, "select name, setting from pg_settings")) as {
          name: string;
          setting: string;
        }[];
        const settings = new Map(rows.map(({ name, setting }) => [name, setting]));
        const bodies = azure.state.servers.get(target.id)?.configurations ?? [];
        return bodies
          .filter(({ name, properties }) => settings.has(name) && settings.get(name) !== properties.value)
          .map(({ name, properties }) => `${target.name} ${name}: ${properties.value} and ${settings.get(name) ?? ""}`);
      }),
    );

    expect(differences.flat()).toEqual([]);
    expect(await setting(server("ledger"), "ssl_min_protocol_version")).toEqual([{ setting: "TLSv1.3" }]);
    expect(await setting(server("ledger"), "log_disconnections")).toEqual([{ setting: "on" }]);
  });

  it("seeds what the demo tells of", async () => {
    const roles = await asScanner(
      server("orders"),
      "select rolename::text as name, authtype from public.azure_roles_authtype() where rolename in ('demouser', 'legacy_report') order by 1",
    );
    const sessions = await asScanner(
      server("orders"),
      "select usename::text as role, application_name as application, ssl from pg_stat_activity join pg_stat_ssl using (pid) where application_name = 'billing-api'",
    );
    const policies = await server("orders").asAdministrator(async (client) => {
      const result = await client.query("select policyname::text as name, roles::text, qual from pg_policies");
      return result.rows as unknown[];
    }, "shop");
    const groups = await asScanner(
      server("crm"),
      "select g.rolname::text as role from pg_auth_members m join pg_roles g on g.oid = m.roleid where m.member = '\"crm-administrators\"'::regrole",
    );

    expect(roles).toEqual([
      { name: "demouser", authtype: "SCRAM-256" },
      { name: "legacy_report", authtype: "MD5" },
    ]);
    expect(sessions).toEqual([{ role: "pgadmin", application: "billing-api", ssl: true }]);
    expect(policies).toEqual([{ name: "account_managers", roles: "{managers}", qual: "(manager = CURRENT_USER)" }]);
    expect(groups).toEqual([{ role: "azure_pg_admin" }]);
  });

  it("has storage that takes the emulator's tokens, with the real clients", async () => {
    const credential: TokenCredential = {
      getToken: async () => ({
        token: await tokenFor("https://storage.azure.com"),
        expiresOnTimestamp: Date.now() + 3_600_000,
      }),
    };
    // Every Azure client takes the option; the storage clients' types only forget to say so.
    const options = { tlsOptions: { ca: azure.ca } } as object;
    const { blobEndpoint, queueEndpoint } = readEnvironment(azure.environment);
    const container = new BlobServiceClient(blobEndpoint, credential, options).getContainerClient("state");
    const queue = new QueueServiceClient(queueEndpoint, credential, options).getQueueClient("scan-server");

    await container.create();
    await container.getBlockBlobClient("a/b").upload("text", 4, { conditions: { ifNoneMatch: "*" } });
    const again = await container
      .getBlockBlobClient("a/b")
      .upload("text", 4, { conditions: { ifNoneMatch: "*" } })
      .catch((error: unknown) => (error as { code: string }).code);
    await queue.create();
    await queue.sendMessage("message");
    const received = await queue.receiveMessages();
    const wrong: TokenCredential = {
      getToken: async () => ({
        token: await tokenFor("https://vault.azure.net"),
        expiresOnTimestamp: Date.now() + 3_600_000,
      }),
    };
    const refused = await new BlobServiceClient(blobEndpoint, wrong, options)
      .getContainerClient("other")
      .create()
      .catch((error: unknown) => (error as { statusCode: number }).statusCode);

    expect(again).toBe("BlobAlreadyExists");
    expect(received.receivedMessageItems.map(({ messageText }) => messageText)).toEqual(["message"]);
    expect(refused).toBe(403);
  });

  it("connects its applications again after a restart", async () => {
    await azure.restart(server("orders").id);

    const sessions = await asScanner(
      server("orders"),
      "select application_name as application from pg_stat_activity where application_name = 'billing-api'",
    );
    expect(sessions).toEqual([{ application: "billing-api" }]);
  });

  it("changes the real role with the administrator's password", async () => {
    const crm = server("crm");
    const login = { user: crm.administrator.user, password: new SecretValue("Another-1-Password") };

    await armClient(azure).servers.beginUpdateAndWait(
      crm.resourceGroup,
      crm.name,
      { administratorLoginPassword: login.password.reveal() },
      { updateIntervalInMs: 20 },
    );
    const client = new pg.Client(crm.postgres.clientConfig(login));
    await client.connect();
    await client.end();
    await crm.asSuperuser((superuser) =>
      superuser.query(`alter role pgadmin password ${superuser.escapeLiteral(crm.administrator.password.reveal())}`),
    );
  });

  it("is changed behind pgwarden's back, in ARM and in PostgreSQL", async () => {
    const lines = await changeBehindOurBack(azure, signal);

    const rules = azure.state.servers.get(server("orders").id)?.firewallRules.map(({ name }) => name);
    const secure = azure.state.servers
      .get(server("ledger").id)
      ?.configurations.find(({ name }) => name === "require_secure_transport");
    const { administrator, postgres } = server("ledger");
    const plain = new pg.Client({ ...postgres.clientConfig(administrator), ssl: false });
    await plain.connect();
    await plain.end();
    const contractor = await asScanner(
      server("crm"),
      "select rolcanlogin and rolcreaterole as can from pg_roles where rolname = 'contractor'",
    );
    const members = await asScanner(
      server("orders"),
      "select m.member::regrole::text as member from pg_auth_members m where m.roleid = 'azure_pg_admin'::regrole order by 1",
    );

    expect(lines).toHaveLength(6);
    expect(rules).toContain("temp-migration");
    expect(secure?.properties).toMatchObject({ value: "off", source: "user-override" });
    expect(contractor).toEqual([{ can: true }]);
    expect(members).toEqual([{ member: "ops" }, { member: "pgadmin" }]);
    expect(await setting(server("orders"), "ssl_min_protocol_version")).toEqual([{ setting: "TLSv1.2" }]);
  });

  it("leaves the fleet as it was: a second start begins anew", () => {
    expect(demoFleet.servers[0]?.arm.firewallRules.map(({ name }) => name)).not.toContain("temp-migration");
  });
});

describe("startLocalAzure", () => {
  it("stops what has started when a server does not, and says why in one sentence", async () => {
    const [orders, ledger] = structuredClone(demoFleet.servers);
    if (orders === undefined || ledger === undefined) throw new Error("The fleet is empty.");
    ledger.arm.body.properties.version = "12";

    const error = await startLocalAzure({
      fleet: { ...demoFleet, servers: [orders, ledger] },
      streams: {},
      ...testTemplates(),
    }).catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(LocalAzureError);
    expect(String(error)).toBe(
      'LocalAzureError: The embedded PostgreSQL 12 (package pg12) is not installed: run "npm ci" without --omit=optional.',
    );
  });

  it("is called off while it starts", async () => {
    await expect(
      startLocalAzure({ fleet: demoFleet, streams: {}, ...testTemplates(), signal: AbortSignal.timeout(30) }),
    ).rejects.toThrow(/called off/);
  });
});

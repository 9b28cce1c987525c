import { appendFileSync } from "node:fs";
import { chown, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import pg from "pg";
import type { SecretValue } from "../model/secretValue.ts";
import type { Certificates } from "./certificates.ts";
import { keepDirectory, type Account, type Child, type KeptDirectory } from "./dieWithParent.ts";
import { LocalAzureError } from "./localAzureError.ts";
import { SUPERUSER } from "./platformObjects.ts";
import { postgresBinaries, reachableBinaries, serverAccount, type Platform } from "./postgresBinaries.ts";
import { makeCluster, serverEnvironment, superuserMap, superuserRule } from "./postgresCluster.ts";
import { randomPassword, scramVerifier } from "./scramVerifier.ts";

export interface PostgresServerOptions {
  /** 13, 15, 16, 17 or 18. */
  readonly major: number;
  readonly certificate: Certificates;
  /** Name of the administrator; `pgadmin` unless given. */
  readonly administrator?: string;
  /** For logins over TCP; random unless given. */
  readonly superuserPassword?: SecretValue;
  /** Server parameters beyond and above ours. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Lines of pg_hba.conf for TCP; TLS with SCRAM only unless given. */
  readonly hba?: readonly string[];
  /** See `makeCluster`; without it every start runs initdb. */
  readonly templateDirectory?: string;
  /** File that gets everything the server logs; made when it is missing. */
  readonly logFile?: string;
  readonly platform?: Platform;
  /** A port that is free now; it is asked again when somebody else was faster. */
  readonly pickPort?: () => Promise<number>;
}

export interface Login {
  readonly user: string;
  readonly password: SecretValue;
}

/** A running PostgreSQL server on 127.0.0.1 that looks like a flexible server from inside. */
export interface PostgresServer {
  readonly major: number;
  readonly port: number;
  /** PEM of the authority that clients must trust. */
  readonly ca: string;
  readonly administrator: Login;
  readonly superuser: Login;
  /** For `pg.Client`: TLS with verification of the name `localhost`. The database is `postgres` unless given. */
  clientConfig(login: Login, database?: string): pg.ClientConfig;
  /** One connection for the work; over the server's own socket, so that it needs neither TLS nor pg_hba. */
  asSuperuser<T>(work: (client: pg.Client) => Promise<T>, database?: string): Promise<T>;
  asAdministrator<T>(work: (client: pg.Client) => Promise<T>, database?: string): Promise<T>;
  /** Replaces the TCP lines of pg_hba.conf and makes them effective for new connections. */
  setConnectionRules(lines: readonly string[]): Promise<void>;
  /** The end of its log. */
  log(): string;
  isRunning(): boolean;
  /** Stops it and keeps its data and its port. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Stops it and removes everything. May be called twice. */
  stop(): Promise<void>;
}

export const TLS_ONLY = ["hostssl all all 127.0.0.1/32 scram-sha-256"];

const START_TIMEOUT_MS = 60_000;
const PORT_TRIES = 5;

/** @throws LocalAzureError when the platform, the package or the machine does not let it start */
export async function startPostgresServer(
  options: PostgresServerOptions,
  signal?: AbortSignal,
): Promise<PostgresServer> {
  const { major, templateDirectory = null, administrator = "pgadmin" } = options;
  const installed = postgresBinaries(major, options.platform);
  const account = serverAccount();
  const directory = keepDirectory(`pgwarden-pg${major}-`, account, serverEnvironment);
  try {
    const binaries = await reachableBinaries(installed, account, directory);
    await makeCluster(major, binaries, directory, { account, templateDirectory }, signal);
    await configure(options, account, directory);
    const { child, port } = await startOnFreePort(binaries.postgres, options, directory, signal);
    const server = runningServer({
      options,
      directory,
      port,
      child,
      start: (on) => directory.start(plan(binaries.postgres, options, directory, on)),
      administrator: { user: administrator, password: randomPassword() },
      superuser: { user: SUPERUSER, password: options.superuserPassword ?? randomPassword() },
    });
    await createAdministrator(server);
    return server;
  } catch (error) {
    await directory.remove();
    throw error;
  }
}

async function configure(
  options: PostgresServerOptions,
  account: Account | null,
  directory: KeptDirectory,
): Promise<void> {
  const data = join(directory.path, "data");
  async function put(name: string, text: string): Promise<void> {
    const path = join(data, name);
    await writeFile(path, text, { mode: 0o600 });
    if (account !== null) await chown(path, account.uid, account.gid);
  }
  const settings: Record<string, string> = {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: directory.path,
    // Nothing here outlives a crash of the machine.
    fsync: "off",
    synchronous_commit: "off",
    full_page_writes: "off",
    shared_buffers: "16MB",
    max_connections: "60",
    password_encryption: "scram-sha-256",
    ssl: "on",
    ssl_cert_file: "server.crt",
    ssl_key_file: "server.key",
    ssl_min_protocol_version: "TLSv1.2",
    ...(options.major >= 18 ? { io_method: "sync" } : {}),
    ...options.settings,
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'\n`);
  await put("server.crt", options.certificate.cert);
  await put("server.key", options.certificate.key);
  await put("pgwarden.conf", lines.join(""));
  await put("postgresql.conf", "include 'pgwarden.conf'\n");
  await put("pg_ident.conf", superuserMap());
  await put("pg_hba.conf", hbaText(options.hba ?? TLS_ONLY));
}

function hbaText(lines: readonly string[]): string {
  return `${[superuserRule, ...lines].join("\n")}\n`;
}

function plan(postgres: string, { major, logFile }: PostgresServerOptions, directory: KeptDirectory, port: number) {
  return {
    name: `PostgreSQL ${major}`,
    command: [postgres, "-D", join(directory.path, "data"), "-c", `port=${port}`],
    stopSignal: "INT" as const, // fast shutdown
    timeoutMs: START_TIMEOUT_MS,
    isReady: (output: string) => output.includes("ready to accept connections"),
    ...(logFile !== undefined && {
      onOutput(chunk: string) {
        appendFileSync(logFile, chunk, { mode: 0o600 });
      },
    }),
  };
}

/** PostgreSQL cannot choose a port itself, and between our look and its bind somebody else may take it. */
async function startOnFreePort(
  postgres: string,
  options: PostgresServerOptions,
  directory: KeptDirectory,
  signal: AbortSignal | undefined,
): Promise<{ readonly child: Child; readonly port: number }> {
  const pickPort = options.pickPort ?? freePort;
  for (let tries = 1; ; tries += 1) {
    const port = await pickPort();
    try {
      return { child: await directory.start(plan(postgres, options, directory, port), signal), port };
    } catch (error) {
      const isTaken = error instanceof LocalAzureError && error.message.includes("Address already in use");
      if (!isTaken || tries === PORT_TRIES) throw error;
    }
  }
}

export async function freePort(): Promise<number> {
  const probe = createServer();
  return new Promise((resolve, reject) => {
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      probe.close(() => {
        resolve(port);
      });
    });
  });
}

interface Parts {
  readonly options: PostgresServerOptions;
  readonly directory: KeptDirectory;
  readonly port: number;
  readonly child: Child;
  readonly administrator: Login;
  readonly superuser: Login;
  readonly start: (port: number) => Promise<Child>;
}

function runningServer({ options, directory, port, child, start, administrator, superuser }: Parts): PostgresServer {
  let current: Child | null = child;
  function clientConfig({ user, password }: Login, database = "postgres"): pg.ClientConfig {
    const ssl = { ca: options.certificate.ca, servername: "localhost" };
    return { host: "127.0.0.1", port, user, password: password.reveal(), database, ssl };
  }
  function asSuperuser<T>(work: (client: pg.Client) => Promise<T>, database = "postgres"): Promise<T> {
    return withClient({ host: directory.path, port, user: SUPERUSER, database }, work);
  }
  return {
    major: options.major,
    port,
    ca: options.certificate.ca,
    administrator,
    superuser,
    clientConfig,
    asSuperuser,
    asAdministrator: (work, database) => withClient(clientConfig(administrator, database), work),
    async setConnectionRules(lines) {
      await writeFile(join(directory.path, "data", "pg_hba.conf"), hbaText(lines));
      await asSuperuser(reload);
    },
    log: () => current?.output() ?? "",
    isRunning: () => current !== null,
    async pause() {
      await current?.stop();
      current = null;
    },
    async resume() {
      current ??= await start(port);
    },
    async stop() {
      await directory.remove();
      current = null;
    },
  };
}

/** Returns when new connections meet the new configuration: the postmaster handles the signal on its own time. */
export async function reload(client: pg.Client): Promise<void> {
  const before = await client.query<{ at: string }>(
    "select pg_catalog.pg_conf_load_time()::text as at, pg_catalog.pg_reload_conf()",
  );
  for (let tries = 0; tries < 200; tries += 1) {
    const now = await client.query<{ at: string }>("select pg_catalog.pg_conf_load_time()::text as at");
    if (now.rows[0]?.at !== before.rows[0]?.at) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new LocalAzureError("PostgreSQL did not reload its configuration within a second.");
}

async function withClient<T>(config: pg.ClientConfig, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(config);
  client.on("error", () => undefined); // the server may stop under the work; the query says so
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The documentation has the administrator grant azure_pg_admin to others, which needs the ADMIN option from 16 on. */
async function createAdministrator(server: PostgresServer): Promise<void> {
  const { user, password } = server.administrator;
  const is16 = server.major >= 16;
  const attributes = `login createrole createdb ${is16 ? "bypassrls" : ""}`;
  await server.asSuperuser(async (client) => {
    const name = client.escapeIdentifier(user);
    const verifier = client.escapeLiteral(scramVerifier(password.reveal()));
    const superuser = client.escapeLiteral(scramVerifier(server.superuser.password.reveal()));
    await client.query(`create role ${name} ${attributes} password ${verifier};
      grant azure_pg_admin to ${name} ${is16 ? "with admin option" : ""};
      alter role ${SUPERUSER} password ${superuser}`);
  });
}

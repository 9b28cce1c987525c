import pg from "pg";
import * as v from "valibot";
import type { LocalAzure, LocalServer } from "./startLocalAzure.ts";

const Token = v.object({ access_token: v.string() });
const SecretBody = v.pipe(
  v.object({ value: v.string() }),
  v.transform(({ value }) => JSON.parse(value) as unknown),
  v.object({ username: v.string(), password: v.string(), database: v.string() }),
);

/** What an application saw. */
export interface QueryCount {
  readonly queries: number;
  readonly failures: number;
  /** The roles that it logged in as, in order of first use. */
  readonly roles: readonly string[];
}

export interface QueryingClient {
  /** Lets the query that runs come to its end. */
  stop(): Promise<QueryCount>;
}

export interface QueryingClientOptions {
  /** Of the application: it may read the secret and nothing else. */
  readonly clientId: string;
  readonly secret: string;
  readonly server: LocalServer;
}

/**
 * An application that reads its published secret without a version, logs in and runs one query, again and again. It does
 * not retry: a login or query that is refused counts as a failure.
 */
export async function startQueryingClient(
  azure: Pick<LocalAzure, "emulator" | "ca">,
  { clientId, secret, server }: QueryingClientOptions,
): Promise<QueryingClient> {
  const token = await vaultToken(azure, clientId);
  const roles = new Set<string>();
  const count = { queries: 0, failures: 0 };
  let isStopped = false;

  async function queryOnce(): Promise<void> {
    const login = await readSecret(azure, token, secret);
    const { username: user, password, database } = login;
    const ssl = { ca: azure.ca, servername: server.fqdn };
    const client = new pg.Client({ host: "127.0.0.1", port: server.port, user, password, database, ssl });
    client.on("error", () => undefined); // the query that is cut off says so
    try {
      await client.connect();
      await client.query("select count(*) from accounts");
    } finally {
      await client.end();
    }
    roles.add(user);
  }

  async function loop(): Promise<void> {
    while (!isStopped) {
      try {
        await queryOnce();
        count.queries += 1;
      } catch {
        count.failures += 1;
      }
    }
  }

  const running = loop();
  return {
    async stop() {
      isStopped = true;
      await running;
      return { ...count, roles: [...roles] };
    },
  };
}

async function vaultToken({ emulator }: Pick<LocalAzure, "emulator">, clientId: string): Promise<string> {
  const query = new URLSearchParams({
    "api-version": "2019-08-01",
    resource: "https://vault.azure.net",
    client_id: clientId,
  });
  const headers = { "x-identity-header": emulator.identityHeader };
  const response = await fetch(`${emulator.identityEndpoint}?${query.toString()}`, { headers });
  return v.parse(Token, await response.json()).access_token;
}

async function readSecret({ emulator }: Pick<LocalAzure, "emulator">, token: string, name: string) {
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(`${emulator.url}/secrets/${name}?api-version=7.6`, { headers });
  return v.parse(SecretBody, await response.json());
}

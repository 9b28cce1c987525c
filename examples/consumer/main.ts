import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { DefaultAzureCredential } from "@azure/identity";
import { SecretClient } from "@azure/keyvault-secrets";
import { loginSource } from "./loginSource.ts";
import { rotatingPool } from "./rotatingPool.ts";

/**
 * A web service whose database password changes while it runs: `GET /` says which role it is connected as.
 *
 * Variables: `KEY_VAULT_URL` and `SECRET_NAME`; `PORT` (8080); `PGHOSTADDR` and `PGPORT` as libpq has them, where the
 * server's name is not to be looked up, such as in front of a tunnel or of PgBouncer on 6432.
 */
const { KEY_VAULT_URL: vault = "", SECRET_NAME: secret = "", PORT: port = "8080", PGHOSTADDR, PGPORT } = process.env;

const client = new SecretClient(vault, new DefaultAzureCredential(), {
  retryOptions: { maxRetries: 1 }, // the login before serves while the vault does not answer
  // The local Azure's vault; everywhere else the client makes sure that its token goes to a vault.
  disableChallengeResourceVerification: new URL(vault).hostname === "127.0.0.1",
});
const logins = loginSource(client, secret);

/** A name in the certificate and an address to connect to are two things once PGHOSTADDR says so. */
async function elsewhere() {
  const { host } = await logins.current();
  const ssl = { rejectUnauthorized: true, minVersion: "TLSv1.2" as const, servername: host };
  return {
    ...(PGHOSTADDR !== undefined && { host: PGHOSTADDR, ssl }),
    ...(PGPORT !== undefined && { port: Number(PGPORT) }),
  };
}

const pool = rotatingPool(logins, {
  pool: { max: 10, application_name: "consumer-example", ...(await elsewhere()) },
  onRefused: (sqlState) => {
    console.error(`A login was refused (${sqlState}); the secret is read again.`);
  },
});

const server = createServer((_request, response) => {
  pool
    .query<{ role: string }>('select session_user::text as "role"')
    .then(({ rows }) => response.end(JSON.stringify(rows[0])))
    .catch(() => response.writeHead(503).end());
});
server.listen(Number(port));
await once(server, "listening");
console.log(`Listening on ${(server.address() as AddressInfo).port}.`);

/** What was asked is answered, then every connection is closed; the process ends by itself. */
async function shutDown(): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeIdleConnections();
  await closed;
  await pool.end();
}

for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void shutDown());

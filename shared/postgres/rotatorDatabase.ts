import type { QueryConfig } from "pg";
import type { CredentialServer } from "../model/credential.ts";
import type { SecretValue } from "../model/secretValue.ts";
import type { RotatorDatabase, SqlRow, SqlSession, Statement } from "../rotate/ports.ts";
import { RotationError } from "../rotate/rotationError.ts";
import type { HostOverrides } from "./hostRoute.ts";
import { databaseFault, noTls, openFault, runFault } from "./rotatorFault.ts";
import { closeClient, tlsClient, type TlsClient } from "./tlsClient.ts";
import { withinTime } from "./withinTime.ts";

export interface RotatorDatabaseOptions {
  /** The rotator's role, mapped to its Entra identity. */
  readonly role: string;
  /** The Entra token for the next login. */
  readonly password: (signal: AbortSignal) => Promise<SecretValue>;
  readonly hosts?: HostOverrides;
  readonly connectTimeoutMs?: number;
  /** Of one statement; longer than the time-outs that the server keeps itself. */
  readonly statementTimeoutMs?: number;
}

/** Advisory locks belong to one database: every worker must meet in the same one, which has the ledger too. */
const database = "postgres";

/**
 * Before any statement: names mean the catalog's own, whatever the role's settings say, and a worker that hangs inside a
 * transaction does not hold the role's row for longer than a minute.
 */
const options = [
  "-c search_path=pg_catalog",
  "-c statement_timeout=30s",
  "-c idle_in_transaction_session_timeout=60s",
].join(" ");

/** Sessions of the rotator on port 5432; never by way of PgBouncer, which would lend the advisory lock to others. */
export function rotatorDatabase({
  role,
  password,
  hosts = {},
  connectTimeoutMs = 15_000,
  statementTimeoutMs = 45_000,
}: RotatorDatabaseOptions): RotatorDatabase {
  return {
    async open({ host }, signal) {
      const target = { host, port: 5432, database, role, applicationName: "pgwarden-rotator", options };
      const where = `${host}:5432`;
      let made: TlsClient | undefined;
      try {
        // Before the connection: the server gives a login one minute, and looks the role up when it begins.
        const secret = await withinTime(where, connectTimeoutMs, signal, (limited) =>
          tokenFor(target, password, limited),
        );
        made = tlsClient(target, secret, hosts);
        const { client } = made;
        await withinTime(where, connectTimeoutMs, signal, () => client.connect());
        return sessionOver(made, where, statementTimeoutMs);
      } catch (error) {
        made?.socket.destroy();
        throw made?.offersTls() === false ? noTls(where) : openFault(error, target);
      }
    },
  };
}

async function tokenFor(
  { role, host }: { readonly role: string; readonly host: CredentialServer["host"] },
  password: RotatorDatabaseOptions["password"],
  signal: AbortSignal,
): Promise<SecretValue> {
  try {
    return await password(signal);
  } catch (error) {
    signal.throwIfAborted();
    const message = `There is no token to log in with as role ${role} on ${host}.`;
    throw new RotationError(message, { code: "DATABASE_REFUSED", effect: "none", cause: databaseFault(error) });
  }
}

function sessionOver(made: TlsClient, where: string, statementTimeoutMs: number): SqlSession {
  const { client, socket } = made;
  let isLost = false;
  client.on("end", () => {
    isLost = true;
  });
  return {
    major: made.major(),

    async run({ name, sql }: Statement, values, signal): Promise<readonly SqlRow[]> {
      const sent = !isLost && !socket.destroyed && !signal.aborted;
      try {
        const { rows } = await withinTime(where, statementTimeoutMs, signal, () =>
          client.query<Record<string, unknown>>(extended(sql, values)),
        );
        return rows;
      } catch (error) {
        const fault = runFault(error, { where, statement: name, sent });
        // Cut off before the answer, broken, or ended by the server: the session is of no more use, nothing may be sent
        // over it, and its locks must not outlive it.
        if (fault.code === "DATABASE_UNREACHABLE" || fault.code === "DEADLINE") socket.destroy();
        throw fault;
      }
    },

    close: () => closeClient(made),
  };
}

/** The extended protocol also without values: it takes one statement and never a second one behind it. */
function extended(text: string, values: readonly unknown[]): QueryConfig & { readonly queryMode: "extended" } {
  return { text, values: [...values], queryMode: "extended" }; // an option that the types of pg leave out
}

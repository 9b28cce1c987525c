import pg from "pg";
import type { DatabaseLogin } from "./databaseLogin.ts";
import type { LoginSource } from "./loginSource.ts";

export interface RotatingPoolOptions {
  /** Settings of node-postgres's pool, such as `max`; what the secret says is not among them. */
  readonly pool?: pg.PoolConfig;
  /** How long to wait for a secret to change whose password was refused. */
  readonly patienceMs?: number;
  /** As long as PgBouncer answers 08P01 after a failed login, whatever it is sent: its server_login_retry, 15 s. */
  readonly poolerRestMs?: number;
  /** A login was refused and is tried once more: something to count. */
  readonly onRefused?: (sqlState: string) => void;
}

export interface RotatingPool {
  /** One statement. */
  query<R extends pg.QueryResultRow>(text: string, values?: readonly unknown[]): Promise<pg.QueryResult<R>>;
  /** A client for a transaction; hand it back with `release`. */
  connect(): Promise<pg.PoolClient>;
  /** Lets what runs come to its end and closes every connection; nothing can be asked after it. */
  end(): Promise<void>;
}

/** The connections of one version of the secret. */
interface Lane {
  readonly version: string;
  readonly pool: pg.Pool;
  /** Who waits for a connection: a pool that was told to end never answers them. */
  waiting: number;
  readonly closed: PromiseWithResolvers<void>;
}

/**
 * A pool whose login may change at any time: the role too, not only the password. Each version of the secret has a pool
 * of its own. With a new version the one before takes no more work and closes its connections as they come back, so that
 * no session stays on the role that the next rotation changes.
 *
 * Connecting is tried once more when the password was refused; a statement never is, since it may have taken effect.
 */
export function rotatingPool(
  logins: LoginSource,
  {
    pool: settings = {},
    patienceMs = 10_000,
    poolerRestMs = 16_000,
    onRefused = () => undefined,
  }: RotatingPoolOptions = {},
): RotatingPool {
  let lane: Lane | undefined;
  let hasEnded = false;
  const open = new Set<Lane>();

  function laneOf(login: DatabaseLogin): Lane {
    if (hasEnded) throw new Error("This pool has ended.");
    if (lane?.version === login.version) return lane;
    const before = lane;
    lane = { version: login.version, pool: poolFor(login, settings), waiting: 0, closed: Promise.withResolvers() };
    open.add(lane);
    if (before !== undefined) endUnused(before);
    return lane;
  }

  function endUnused(unused: Lane): void {
    if (unused === lane || unused.waiting > 0) return;
    void unused.pool.end().finally(() => {
      open.delete(unused);
      unused.closed.resolve();
    });
  }

  async function connectAs(login: DatabaseLogin): Promise<pg.PoolClient> {
    const chosen = laneOf(login);
    chosen.waiting += 1;
    try {
      return await chosen.pool.connect();
    } finally {
      chosen.waiting -= 1;
      endUnused(chosen);
    }
  }

  async function connect(): Promise<pg.PoolClient> {
    const login = await logins.current();
    try {
      return await connectAs(login);
    } catch (error) {
      const sqlState = error instanceof pg.DatabaseError ? error.code : undefined;
      if (sqlState !== "28P01" && sqlState !== "08P01") throw error;
      onRefused(sqlState);
      const next = await logins.after(login, sqlState === "28P01" ? patienceMs : poolerRestMs);
      // A password that was refused is not sent again: failed logins add up to a ban. PgBouncer refuses good ones too.
      if (sqlState === "28P01" && next.version === login.version) throw error;
      return await connectAs(next);
    }
  }

  return {
    connect,

    async query<R extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []) {
      const client = await connect();
      try {
        return await client.query<R>(text, [...values]);
      } finally {
        client.release();
      }
    },

    async end() {
      hasEnded = true;
      const last = lane;
      lane = undefined;
      if (last !== undefined) endUnused(last);
      await Promise.all([...open].map(({ closed }) => closed.promise));
    },
  };
}

function poolFor({ username, password, host, port, database }: DatabaseLogin, settings: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool({
    connectionTimeoutMillis: 15_000,
    host,
    port,
    // sslmode=verify-full: Node's own list of authorities has those of Azure.
    ssl: { rejectUnauthorized: true, minVersion: "TLSv1.2" },
    ...settings,
    user: username,
    password,
    database,
  });
  // A connection that breaks: the pool drops it, and a statement that runs on it fails by itself. Without a listener
  // the process would end.
  pool.on("error", () => undefined);
  pool.on("connect", (client) => client.on("error", () => undefined));
  return pool;
}

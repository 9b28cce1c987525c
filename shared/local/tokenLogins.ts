import type pg from "pg";
import type { PostgresServer } from "./postgresServer.ts";
import { scramVerifier } from "./scramVerifier.ts";

/** Roles that log in with an Entra token: the token's SCRAM verifier is the role's password until the token expires. */
export interface TokenLogins {
  /** Gives the token to the role wherever it is mapped to an Entra principal. */
  accept(role: string, token: string, expiresAt: Date): Promise<void>;
  /** Forgets the timers. */
  close(): void;
}

interface Accepted {
  readonly token: string;
  readonly verifier: string;
  /** Ids of the servers that have the verifier. */
  readonly holders: Set<string>;
  readonly timer: NodeJS.Timeout;
}

/** @param running servers that are up, by id */
export function tokenLogins(running: () => ReadonlyMap<string, PostgresServer>): TokenLogins {
  const accepted = new Map<string, Accepted>();
  // One change of a role at a time: PostgreSQL refuses concurrent ones ("tuple concurrently updated").
  const queues = new Map<string, Promise<void>>();

  function acceptedNow(role: string, token: string, expiresAt: Date): Accepted {
    const before = accepted.get(role);
    if (before?.token === token) return before;
    clearTimeout(before?.timer);
    const verifier = scramVerifier(token);
    const holders = new Set<string>();
    // No VALID UNTIL: on the service a token leaves no trace in pg_roles, and here it would show up as drift.
    const timer = setTimeout(
      () => {
        accepted.delete(role);
        for (const [id, server] of running()) if (holders.has(id)) void forget(server, role, verifier);
      },
      Math.max(0, expiresAt.getTime() - Date.now()),
    ).unref();
    const entry = { token, verifier, holders, timer };
    accepted.set(role, entry);
    return entry;
  }

  return {
    accept(role, token, expiresAt) {
      const change = (queues.get(role) ?? Promise.resolve()).then(async () => {
        const { verifier, holders } = acceptedNow(role, token, expiresAt);
        const missing = [...running()].filter(([id]) => !holders.has(id));
        await Promise.all(
          missing.map(async ([id, server]) => {
            if (await server.asSuperuser((client) => giveToken(client, role, verifier))) holders.add(id);
          }),
        );
      });
      queues.set(
        role,
        change.catch(() => undefined),
      );
      return change;
    },
    close() {
      for (const { timer } of accepted.values()) clearTimeout(timer);
      accepted.clear();
    },
  };
}

/** @returns whether the server has such a role with a mapping */
async function giveToken(client: pg.Client, role: string, verifier: string): Promise<boolean> {
  const mapped = await client.query(
    `select from pg_catalog.pg_shseclabel l join pg_catalog.pg_roles r on r.oid = l.objoid
      where l.classoid = 'pg_catalog.pg_authid'::regclass and l.provider = 'pgaadauth' and r.rolname = $1`,
    [role],
  );
  if (mapped.rowCount !== 1) return false;
  await client.query(`alter role ${client.escapeIdentifier(role)} password ${client.escapeLiteral(verifier)}`);
  return true;
}

/** A newer token has another verifier and stays. When the server is gone by now, so is the token. */
async function forget(server: PostgresServer, role: string, verifier: string): Promise<void> {
  await server
    .asSuperuser(async (client) => {
      const query = "select from pg_catalog.pg_authid where rolname = $1 and rolpassword = $2";
      const held = await client.query(query, [role, verifier]);
      if (held.rowCount === 1) await client.query(`alter role ${client.escapeIdentifier(role)} password null`);
    })
    .catch(() => undefined);
}

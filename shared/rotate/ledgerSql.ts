import type { Statement } from "./ports.ts";

/** Makes the rotation ledger in the database `postgres`; may be run again. */
export const ledgerSetup: readonly Statement[] = [
  { name: "ledger.schema", sql: "create schema if not exists pgwarden" },
  {
    name: "ledger.table",
    sql: `create table if not exists pgwarden.ledger (
  target text primary key,
  gen bigint not null,
  rid uuid not null,
  role name not null,
  applied_at timestamptz not null default now()
)`,
  },
];

/** Values: credential. */
export const readLedger: Statement = {
  name: "ledger.read",
  sql: `
select target as "credential", gen::text as "generation", rid::text as "rotationId", role::text as "role",
       to_char(applied_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "appliedAt"
  from pgwarden.ledger
 where target = $1`,
};

/**
 * Moves the row up, or makes it. Values: credential, generation, rotation id, role.
 * No row comes back when the ledger holds this generation or a newer one.
 */
export const liftLedger: Statement = {
  name: "ledger.upsert",
  sql: `
insert into pgwarden.ledger (target, gen, rid, role) values ($1, $2, $3, $4)
on conflict (target) do update
   set gen = excluded.gen, rid = excluded.rid, role = excluded.role, applied_at = now()
 where pgwarden.ledger.gen < excluded.gen
returning gen::text as "generation"`,
};

/** The other branch of the fence: the same rotation once more. Values: credential, generation, rotation id. */
export const repeatLedger: Statement = {
  name: "ledger.reapply",
  sql: `
update pgwarden.ledger set applied_at = now()
 where target = $1 and gen = $2 and rid = $3
returning gen::text as "generation"`,
};

/** Held from load to close, for as long as the connection lives. Values: credential. */
export const takeLock: Statement = {
  name: "lock.take",
  sql: `select pg_catalog.pg_try_advisory_lock(pg_catalog.hashtextextended('pgwarden:' || $1, 0)) as "taken"`,
};

/** The session answers, so it still holds its lock. */
export const askSession: Statement = { name: "lock.ask", sql: "select 1" };

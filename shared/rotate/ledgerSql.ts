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

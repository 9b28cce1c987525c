import type { Statement } from "./ports.ts";

export const begin: Statement = { name: "transaction.begin", sql: "begin" };
export const commit: Statement = { name: "transaction.commit", sql: "commit" };
export const rollback: Statement = { name: "transaction.rollback", sql: "rollback" };

/** For this transaction only: a lock that somebody else holds must not hold us. */
export const limitTimes: Statement = {
  name: "transaction.limits",
  sql: "select pg_catalog.set_config('lock_timeout', '5s', true), pg_catalog.set_config('statement_timeout', '10s', true)",
};

/** The server quotes: ALTER ROLE takes no parameters. Values: role, verifier, VALID UNTIL in ISO 8601 or null. */
export const formatChange: Statement = {
  name: "password.format",
  sql: `
select pg_catalog.format('alter role %I password %L', $1::text, $2::text)
       || case when $3::text is null then '' else pg_catalog.format(' valid until %L', $3::text) end as "statement"`,
};

/** @param sql what `formatChange` answered */
export function changePassword(sql: string): Statement {
  return { name: "password.change", sql };
}

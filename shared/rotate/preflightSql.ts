import type { Statement } from "./ports.ts";

/** One row per setting that is known and that the rotator may see; `in_recovery` is not a setting but counts as one. */
export const readSettings: Statement = {
  name: "preflight.settings",
  sql: `
select name, setting
  from pg_catalog.pg_settings
 where name in ('log_statement', 'pgaudit.log', 'azure.accepted_password_auth_method',
                'credcheck.encrypted_password_allowed', 'credcheck.password_valid_until', 'credcheck.whitelist')
union all
select 'in_recovery', case when pg_catalog.pg_is_in_recovery() then 'on' else 'off' end`,
};

/** Sessions of a role that nobody should be using. Values: role. */
export const readSessions: Statement = {
  name: "preflight.sessions",
  sql: `
select coalesce(application_name, '') as "application", coalesce(host(client_addr), 'local') as "client",
       count(*)::int as "sessions"
  from pg_catalog.pg_stat_activity
 where usename = $1
 group by 1, 2
 order by 3 desc, 1, 2
 limit 20`,
};

/** The owner of a pair. Values: role. */
export const readOwner: Statement = {
  name: "preflight.owner",
  sql: `select rolcanlogin as "canLogIn" from pg_catalog.pg_roles where rolname = $1`,
};

/** A change that changes nothing, for a transaction that is rolled back. Values: role, its connection limit. */
export const formatProbe: Statement = {
  name: "preflight.formatProbe",
  sql: `select pg_catalog.format('alter role %I connection limit %s', $1::text, $2::int) as "statement"`,
};

/** @param sql what `formatProbe` answered */
export function probe(sql: string): Statement {
  return { name: "preflight.probe", sql };
}

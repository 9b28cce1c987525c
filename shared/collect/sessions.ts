import * as v from "valibot";
import type { SqlCollector } from "./collector.ts";
import { missingRight } from "./missingRight.ts";

const Row = v.object({
  database: v.nullable(v.string()),
  role: v.nullable(v.string()),
  backend_type: v.nullable(v.string()),
  application_name: v.string(),
  tls: v.boolean(),
  protocol: v.nullable(v.string()),
  cipher: v.nullable(v.string()),
  bits: v.nullable(v.number()),
  network: v.nullable(v.string()),
  count: v.number(),
});

export const sessions: SqlCollector<"sessions"> = {
  section: "sessions",
  scope: "server",
  // Our own session is left out. A session over a local socket has no row in pg_stat_ssl and is not encrypted.
  sql: () => `
select a.datname::text as "database",
       a.usename::text as "role",
       a.backend_type as "backend_type",
       coalesce(a.application_name, '') as "application_name",
       coalesce(s.ssl, false) as "tls",
       s.version as "protocol",
       s.cipher,
       s.bits,
       case family(a.client_addr)
         when 4 then set_masklen(a.client_addr::cidr, 24)::text
         when 6 then set_masklen(a.client_addr::cidr, 64)::text end as "network",
       count(*)::int as "count"
  from pg_catalog.pg_stat_activity a
  left join pg_catalog.pg_stat_ssl s on s.pid = a.pid
 where a.pid <> pg_catalog.pg_backend_pid()
   and (a.backend_type in ('client backend', 'walsender') or a.backend_type is null and a.usename is not null)
 group by 1, 2, 3, 4, 5, 6, 7, 8, 9`,
  hidden: ({ seesStats, currentUser }) =>
    seesStats
      ? undefined
      : missingRight("pg_read_all_stats", currentUser, "PostgreSQL hides the sessions of other roles from it"),
  parse: (rows) =>
    v.parse(v.array(Row), rows).map(({ backend_type, application_name, ...session }) => ({
      ...session,
      backendType: backend_type,
      applicationName: application_name,
    })),
};

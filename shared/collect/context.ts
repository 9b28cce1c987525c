import * as v from "valibot";
import type { CatalogContext } from "../model/catalogEvidence.ts";
import type { SqlCollector } from "./collector.ts";

const Row = v.object({
  version_num: v.number(),
  database: v.string(),
  current_user: v.string(),
  session_user: v.string(),
  in_recovery: v.boolean(),
  system_identifier: v.string(),
  sees_settings: v.boolean(),
  sees_stats: v.boolean(),
  sees_hba: v.boolean(),
  max_connections: v.number(),
  client_address: v.nullable(v.string()),
  connectable: v.array(v.string()),
});

export const context: SqlCollector<"context"> = {
  section: "context",
  scope: "server",
  sql: () => `
select current_setting('server_version_num')::int as "version_num",
       current_database()::text as "database",
       current_user::text as "current_user",
       session_user::text as "session_user",
       pg_catalog.pg_is_in_recovery() as "in_recovery",
       (select system_identifier::text from pg_catalog.pg_control_system()) as "system_identifier",
       pg_catalog.pg_has_role(current_user, 'pg_read_all_settings', 'USAGE') as "sees_settings",
       pg_catalog.pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') as "sees_stats",
       pg_catalog.has_table_privilege('pg_catalog.pg_hba_file_rules', 'SELECT')
         and pg_catalog.has_function_privilege('pg_catalog.pg_hba_file_rules()', 'EXECUTE') as "sees_hba",
       current_setting('max_connections')::int as "max_connections",
       host(pg_catalog.inet_client_addr()) as "client_address",
       array(select d.datname::text
               from pg_catalog.pg_database d
              where d.datallowconn and not d.datistemplate
                and pg_catalog.has_database_privilege(d.oid, 'CONNECT')
              order by d.datname collate "C") as "connectable"`,
  parse: (rows) => v.parse(v.array(Row), rows).map(contextOf),
};

function contextOf(row: v.InferOutput<typeof Row>): CatalogContext {
  return {
    versionNum: row.version_num,
    database: row.database,
    currentUser: row.current_user,
    sessionUser: row.session_user,
    inRecovery: row.in_recovery,
    systemIdentifier: row.system_identifier,
    seesSettings: row.sees_settings,
    seesStats: row.sees_stats,
    seesHba: row.sees_hba,
    maxConnections: row.max_connections,
    clientAddress: row.client_address,
    connectable: row.connectable,
  };
}

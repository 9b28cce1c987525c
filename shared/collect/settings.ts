import * as v from "valibot";
import type { SqlCollector } from "./collector.ts";
import { missingRight } from "./missingRight.ts";

const Row = v.object({
  name: v.string(),
  value: v.nullable(v.string()),
  unit: v.nullable(v.string()),
  source: v.string(),
  context: v.string(),
  pending_restart: v.boolean(),
});

export const settings: SqlCollector<"settings"> = {
  section: "settings",
  scope: "server",
  // Runs before our own search_path is set, since `set local` would change the source of what it sets: operators are
  // named with their schema, so that a search_path of this database or role cannot replace them.
  // `reset_val` and the list of sources leave out what belongs to this session and not to the server.
  sql: () => `
select s.name, s.reset_val as "value", s.unit, s.source, s.context, s.pending_restart
  from pg_catalog.pg_settings s
 where s.source operator(pg_catalog.<>) all
         (array['default', 'session', 'client', 'user', 'database', 'database user']::pg_catalog.text[])
    or s.name operator(pg_catalog.=) any
         (array['row_security', 'session_replication_role', 'password_encryption', 'ssl', 'ssl_min_protocol_version',
                'ssl_max_protocol_version', 'log_statement', 'log_connections', 'log_disconnections',
                'createrole_self_grant', 'shared_preload_libraries']::pg_catalog.text[])`,
  hidden: ({ seesSettings, currentUser }) =>
    seesSettings
      ? undefined
      : missingRight("pg_read_all_settings", currentUser, "PostgreSQL hides some settings from it without a word"),
  parse: (rows) =>
    v.parse(v.array(Row), rows).map(({ name, value, unit, source, context, pending_restart }) => ({
      name,
      // A setting without any value reads as the empty text, which is how SHOW prints it.
      value: value ?? "",
      unit,
      source,
      context,
      pendingRestart: pending_restart,
    })),
};

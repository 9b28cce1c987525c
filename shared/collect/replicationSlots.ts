import * as v from "valibot";
import type { SqlCollector } from "./collector.ts";

const Row = v.object({
  name: v.string(),
  type: v.string(),
  database: v.nullable(v.string()),
  active: v.boolean(),
  retained_bytes: v.nullable(v.number()),
});

export const replicationSlots: SqlCollector<"replicationSlots"> = {
  section: "replicationSlots",
  scope: "server",
  // Temporary slots go with their session, such as that of a backup. A standby has no current WAL position of its own.
  sql: () => `
select s.slot_name::text as "name",
       s.slot_type as "type",
       s.database::text as "database",
       s.active as "active",
       pg_catalog.pg_wal_lsn_diff(
         case when pg_catalog.pg_is_in_recovery() then pg_catalog.pg_last_wal_replay_lsn()
              else pg_catalog.pg_current_wal_lsn() end,
         s.restart_lsn)::float8 as "retained_bytes"
  from pg_catalog.pg_replication_slots s
 where not s.temporary`,
  parse: (rows) =>
    v.parse(v.array(Row), rows).map(({ retained_bytes, ...slot }) => ({ ...slot, retainedBytes: retained_bytes })),
};

import * as v from "valibot";
import type { DatabaseCollector } from "./collector.ts";

const Row = v.object({
  name: v.string(),
  event: v.string(),
  enabled: v.string(),
  owner: v.string(),
  function: v.string(),
});

export const eventTriggers: DatabaseCollector<"eventTriggers"> = {
  section: "eventTriggers",
  scope: "database",
  sql: () => `
select t.evtname::text as "name",
       t.evtevent::text as "event",
       t.evtenabled::text as "enabled",
       coalesce(o.rolname::text, 'oid:' || t.evtowner) as "owner",
       n.nspname || '.' || p.proname as "function"
  from pg_catalog.pg_event_trigger t
  join pg_catalog.pg_proc p on p.oid = t.evtfoid
  join pg_catalog.pg_namespace n on n.oid = p.pronamespace
  left join pg_catalog.pg_roles o on o.oid = t.evtowner`,
  parse: (rows) => v.parse(v.array(Row), rows),
};

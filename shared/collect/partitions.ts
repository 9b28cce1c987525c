import * as v from "valibot";
import type { DatabaseCollector } from "./collector.ts";
import { protectedRelations } from "./protectedRelations.ts";

const Row = v.object({
  schema: v.string(),
  table: v.string(),
  parent_schema: v.string(),
  parent_table: v.string(),
  enabled: v.boolean(),
});

/**
 * Partitions, and children by inheritance, of protected tables: whoever reads one directly meets its own policies and
 * not its parent's. The parent named is the nearest protected table above, at whatever distance.
 */
export const partitions: DatabaseCollector<"partitions"> = {
  section: "partitions",
  scope: "database",
  sql: () => `
with recursive protected as materialized (${protectedRelations}
), below (top, child) as (
  select i.inhparent, i.inhrelid
    from pg_catalog.pg_inherits i
   where i.inhparent in (select p.oid from protected p)
  union
  select b.top, i.inhrelid
    from below b
    join pg_catalog.pg_inherits i on i.inhparent = b.child
   where b.child not in (select p.oid from protected p)
)
select n.nspname::text as "schema",
       c.relname::text as "table",
       tn.nspname::text as "parent_schema",
       t.relname::text as "parent_table",
       c.relrowsecurity as "enabled"
  from below b
  join pg_catalog.pg_class c on c.oid = b.child and c.relkind in ('r', 'p', 'f')
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  join pg_catalog.pg_class t on t.oid = b.top
  join pg_catalog.pg_namespace tn on tn.oid = t.relnamespace`,
  parse: (rows) =>
    v.parse(v.array(Row), rows).map(({ schema, table, parent_schema, parent_table, enabled }) => ({
      schema,
      table,
      parentSchema: parent_schema,
      parentTable: parent_table,
      enabled,
    })),
};

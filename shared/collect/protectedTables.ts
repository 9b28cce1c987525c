import * as v from "valibot";
import type { DatabaseCollector } from "./collector.ts";
import { protectedRelations } from "./protectedRelations.ts";

const Row = v.object({
  schema: v.string(),
  table: v.string(),
  owner: v.string(),
  enabled: v.boolean(),
  forced: v.boolean(),
  policy_count: v.number(),
  partitioned: v.boolean(),
});

export const protectedTables: DatabaseCollector<"protectedTables"> = {
  section: "protectedTables",
  scope: "database",
  sql: () => `
select n.nspname::text as "schema",
       c.relname::text as "table",
       coalesce(o.rolname::text, 'oid:' || c.relowner) as "owner",
       c.relrowsecurity as "enabled",
       c.relforcerowsecurity as "forced",
       (select count(*)::int from pg_catalog.pg_policy p where p.polrelid = c.oid) as "policy_count",
       c.relkind = 'p' as "partitioned"
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  left join pg_catalog.pg_roles o on o.oid = c.relowner
 where c.oid in (${protectedRelations})`,
  parse: (rows) =>
    v.parse(v.array(Row), rows).map(({ policy_count, ...table }) => ({ ...table, policyCount: policy_count })),
};

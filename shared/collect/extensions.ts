import * as v from "valibot";
import type { DatabaseCollector } from "./collector.ts";

const Row = v.object({
  name: v.string(),
  version: v.string(),
  default_version: v.nullable(v.string()),
  schema: v.string(),
  owner: v.string(),
});

export const extensions: DatabaseCollector<"extensions"> = {
  section: "extensions",
  scope: "database",
  sql: () => `
select e.extname::text as "name",
       e.extversion as "version",
       a.default_version as "default_version",
       n.nspname::text as "schema",
       coalesce(o.rolname::text, 'oid:' || e.extowner) as "owner"
  from pg_catalog.pg_extension e
  join pg_catalog.pg_namespace n on n.oid = e.extnamespace
  left join pg_catalog.pg_available_extensions() a on a.name = e.extname
  left join pg_catalog.pg_roles o on o.oid = e.extowner`,
  parse: (rows) =>
    v
      .parse(v.array(Row), rows)
      .map(({ default_version, ...extension }) => ({ ...extension, defaultVersion: default_version })),
};

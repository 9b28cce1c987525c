import * as v from "valibot";
import { byCodeUnit } from "../diff/canonical.ts";
import type { DatabaseCollector } from "./collector.ts";

const Row = v.object({
  name: v.string(),
  owner: v.string(),
  all_tables: v.boolean(),
  tables: v.array(v.string()),
  schemas: v.array(v.string()),
});

export const publications: DatabaseCollector<"publications"> = {
  section: "publications",
  scope: "database",
  // Whole schemas from 15 on.
  sql: (major) => `
select p.pubname::text as "name",
       coalesce(o.rolname::text, 'oid:' || p.pubowner) as "owner",
       p.puballtables as "all_tables",
       array(select n.nspname || '.' || c.relname
               from pg_catalog.pg_publication_rel r
               join pg_catalog.pg_class c on c.oid = r.prrelid
               join pg_catalog.pg_namespace n on n.oid = c.relnamespace
              where r.prpubid = p.oid) as "tables",
       ${major >= 15 ? schemas : "'{}'::text[]"} as "schemas"
  from pg_catalog.pg_publication p
  left join pg_catalog.pg_roles o on o.oid = p.pubowner`,
  parse: (rows) =>
    v.parse(v.array(Row), rows).map(({ name, owner, all_tables, tables, schemas: whole }) => ({
      name,
      owner,
      allTables: all_tables,
      tables: tables.toSorted(byCodeUnit),
      schemas: whole.toSorted(byCodeUnit),
    })),
};

const schemas = `array(select n.nspname::text
               from pg_catalog.pg_publication_namespace r
               join pg_catalog.pg_namespace n on n.oid = r.pnnspid
              where r.pnpubid = p.oid)`;

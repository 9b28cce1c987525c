import * as v from "valibot";
import type { DatabaseCollector } from "./collector.ts";

const Row = v.object({ name: v.string(), trusted: v.boolean(), owner: v.string() });

/** Procedural languages; SQL, C and internal are in every database. */
export const languages: DatabaseCollector<"languages"> = {
  section: "languages",
  scope: "database",
  sql: () => `
select l.lanname::text as "name",
       l.lanpltrusted as "trusted",
       coalesce(o.rolname::text, 'oid:' || l.lanowner) as "owner"
  from pg_catalog.pg_language l
  left join pg_catalog.pg_roles o on o.oid = l.lanowner
 where l.lanispl`,
  parse: (rows) => v.parse(v.array(Row), rows),
};

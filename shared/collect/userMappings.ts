import * as v from "valibot";
import type { DatabaseCollector } from "./collector.ts";

const Row = v.object({ server: v.string(), role: v.nullable(v.string()) });

export const userMappings: DatabaseCollector<"userMappings"> = {
  section: "userMappings",
  scope: "database",
  // Never the options: the view shows the login the password of its own mapping.
  sql: () => `
select m.srvname::text as "server",
       case m.umuser when 0 then null else coalesce(m.usename::text, 'oid:' || m.umuser) end as "role"
  from pg_catalog.pg_user_mappings m`,
  parse: (rows) => v.parse(v.array(Row), rows),
};

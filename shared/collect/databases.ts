import * as v from "valibot";
import type { SqlCollector } from "./collector.ts";

const Row = v.object({
  name: v.string(),
  owner: v.string(),
  allows_connections: v.boolean(),
  template: v.boolean(),
  connectable: v.boolean(),
});

export const databases: SqlCollector<"databases"> = {
  section: "databases",
  scope: "server",
  sql: () => `
select d.datname::text as "name",
       coalesce(o.rolname::text, 'oid:' || d.datdba) as "owner",
       d.datallowconn as "allows_connections",
       d.datistemplate as "template",
       d.datallowconn and coalesce(pg_catalog.has_database_privilege(d.oid, 'CONNECT'), false) as "connectable"
  from pg_catalog.pg_database d
  left join pg_catalog.pg_roles o on o.oid = d.datdba`,
  // What is excluded is known to the configuration only.
  parse: (rows) =>
    v.parse(v.array(Row), rows).map(({ allows_connections, ...facts }) => ({
      ...facts,
      allowsConnections: allows_connections,
      excluded: false,
    })),
};

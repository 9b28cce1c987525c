import * as v from "valibot";
import type { SqlCollector } from "./collector.ts";

const Row = v.object({ role: v.nullable(v.string()), database: v.nullable(v.string()), config: v.array(v.string()) });

export const roleSettings: SqlCollector<"roleSettings"> = {
  section: "roleSettings",
  scope: "server",
  // A row of a dropped role or database is not looked at: only 0 stands for "every".
  sql: () => `
select r.rolname::text as "role", d.datname::text as "database", s.setconfig as "config"
  from pg_catalog.pg_db_role_setting s
  left join pg_catalog.pg_roles r on r.oid = s.setrole
  left join pg_catalog.pg_database d on d.oid = s.setdatabase
 where (s.setrole = 0 or r.oid is not null) and (s.setdatabase = 0 or d.oid is not null)`,
  parse: (rows) =>
    v.parse(v.array(Row), rows).flatMap(({ role, database, config }) =>
      config.map((entry) => {
        const end = entry.indexOf("=");
        return { role, database, name: entry.slice(0, end), value: entry.slice(end + 1) };
      }),
    ),
};

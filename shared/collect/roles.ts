import * as v from "valibot";
import type { SqlCollector } from "./collector.ts";
import { entraMapping } from "./entraMapping.ts";

const Row = v.object({
  name: v.string(),
  oid: v.number(),
  attributes: v.pipe(
    v.string(),
    v.transform((text) => text.split(" ")),
  ),
  connection_limit: v.nullable(v.number()),
  valid_until: v.nullable(v.string()),
  comment: v.nullable(v.string()),
  labels: v.nullable(v.array(v.string())),
});

export const roles: SqlCollector<"roles"> = {
  section: "roles",
  scope: "server",
  // Joins instead of shobj_description(), which looks up one role at a time.
  sql: () => `
select r.rolname::text as "name",
       r.oid as "oid",
       concat_ws(' ',
         case when r.rolsuper then 'superuser' end, case when r.rolinherit then 'inherit' end,
         case when r.rolcreaterole then 'createrole' end, case when r.rolcreatedb then 'createdb' end,
         case when r.rolcanlogin then 'login' end, case when r.rolreplication then 'replication' end,
         case when r.rolbypassrls then 'bypassrls' end) as "attributes",
       nullif(r.rolconnlimit, -1) as "connection_limit",
       case when r.rolvaliduntil = 'infinity' then 'infinity'
            else to_char(r.rolvaliduntil at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') end as "valid_until",
       d.description as "comment",
       l.labels
  from pg_catalog.pg_roles r
  left join pg_catalog.pg_shdescription d
         on d.objoid = r.oid and d.classoid = 'pg_catalog.pg_authid'::regclass
  left join (select objoid, array_agg(provider || '=' || label order by provider collate "C") as labels
               from pg_catalog.pg_shseclabel
              where classoid = 'pg_catalog.pg_authid'::regclass
              group by objoid) l on l.objoid = r.oid`,
  parse: (rows) =>
    v.parse(v.array(Row), rows).map(({ name, oid, attributes, connection_limit, valid_until, comment, labels }) => ({
      name,
      oid,
      superuser: attributes.includes("superuser"),
      inherit: attributes.includes("inherit"),
      createRole: attributes.includes("createrole"),
      createDb: attributes.includes("createdb"),
      canLogIn: attributes.includes("login"),
      replication: attributes.includes("replication"),
      bypassRls: attributes.includes("bypassrls"),
      connectionLimit: connection_limit,
      validUntil: valid_until,
      comment,
      labels: labels ?? [],
      entra: entraMapping(labels ?? []),
    })),
};

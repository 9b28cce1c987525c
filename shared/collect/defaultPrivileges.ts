import * as v from "valibot";
import type { DatabaseCollector } from "./collector.ts";

const Row = v.object({
  owner: v.string(),
  schema: v.nullable(v.string()),
  kind: v.picklist(["table", "sequence", "function", "type", "schema", "large_object"]),
  sign: v.picklist(["+", "-"]),
  grantee: v.nullable(v.string()),
  privileges: v.array(v.string()),
});

/** What default privileges add to the built-in ones, and what they take away. */
export const defaultPrivileges: DatabaseCollector<"defaultPrivileges"> = {
  section: "defaultPrivileges",
  scope: "database",
  // An entry for every schema replaces the built-in default, so that what it lacks was revoked; one for a schema only
  // adds, and what it gives the owner means nothing.
  sql: () => `
with d as (
  select a.defaclrole as own, a.defaclnamespace as nsp, a.defaclobjtype as type, a.defaclacl as acl,
         case when a.defaclnamespace = 0
              then acldefault(case a.defaclobjtype when 'S' then 's' else a.defaclobjtype end::"char", a.defaclrole)
         end as base
    from pg_catalog.pg_default_acl a
), x as (
  select d.own, d.nsp, d.type, '+' as sign, e.grantee, e.privilege_type, e.is_grantable
    from d cross join lateral aclexplode(d.acl) e
   where not (d.nsp <> 0 and e.grantee = d.own)
     and not exists (select from aclexplode(d.base) b
                      where (b.grantee, b.privilege_type, b.is_grantable) = (e.grantee, e.privilege_type, e.is_grantable))
  union all
  select d.own, d.nsp, d.type, '-', b.grantee, b.privilege_type, b.is_grantable
    from d cross join lateral aclexplode(d.base) b
   where not exists (select from aclexplode(d.acl) e
                      where (b.grantee, b.privilege_type, b.is_grantable) = (e.grantee, e.privilege_type, e.is_grantable))
)
select coalesce(o.rolname::text, 'oid:' || x.own) as "owner",
       n.nspname::text as "schema",
       case x.type when 'r' then 'table' when 'S' then 'sequence' when 'f' then 'function' when 'T' then 'type'
                   when 'n' then 'schema' when 'L' then 'large_object' else x.type::text end as "kind",
       x.sign as "sign",
       case x.grantee when 0 then null else coalesce(g.rolname::text, 'oid:' || x.grantee) end as "grantee",
       array_agg(x.privilege_type || case when x.is_grantable then '*' else '' end
                 order by x.privilege_type collate "C", x.is_grantable) as "privileges"
  from x
  left join pg_catalog.pg_roles o on o.oid = x.own
  left join pg_catalog.pg_namespace n on n.oid = x.nsp
  left join pg_catalog.pg_roles g on g.oid = x.grantee
 group by 1, 2, 3, 4, 5`,
  parse: (rows) => v.parse(v.array(Row), rows),
};

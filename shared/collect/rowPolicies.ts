import * as v from "valibot";
import { byCodeUnit, byGrantee } from "../diff/canonical.ts";
import type { DatabaseCollector } from "./collector.ts";

const Row = v.object({
  schema: v.string(),
  table: v.string(),
  name: v.string(),
  command: v.picklist(["ALL", "SELECT", "INSERT", "UPDATE", "DELETE"]),
  permissive: v.boolean(),
  roles: v.array(v.nullable(v.string())),
  using: v.nullable(v.string()),
  check: v.nullable(v.string()),
  notNull: v.array(v.string()),
});

/**
 * Of a policy `p` on table `c`. A row type is not null by its parts. A table that inherits may allow nulls where its
 * parent does not, unless it is a partition; and from 18 on rows may be older than a constraint that is NOT VALID.
 */
const notNullColumns = `
select distinct a.attname::text
  from pg_catalog.pg_depend d
  join pg_catalog.pg_attribute a on a.attrelid = p.polrelid and a.attnum = d.refobjsubid and a.attnotnull
  join pg_catalog.pg_type t on t.oid = a.atttypid
  left join pg_catalog.pg_type b on b.oid = t.typbasetype
 where d.classid = 'pg_catalog.pg_policy'::regclass and d.objid = p.oid
   and d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = p.polrelid
   and coalesce(b.typtype, t.typtype) not in ('c', 'd')
   and (c.relkind = 'p' or not exists (select from pg_catalog.pg_inherits i where i.inhparent = c.oid))
   and not exists (select from pg_catalog.pg_constraint k
                    where k.conrelid = c.oid and k.contype = 'n' and k.conkey = array[a.attnum] and not k.convalidated)`;

/** The one blocking read: pg_get_expr() opens the table, and waits for whoever holds it in ACCESS EXCLUSIVE mode. */
export const rowPolicies: DatabaseCollector<"rowPolicies"> = {
  section: "rowPolicies",
  scope: "database",
  sql: () => `
select n.nspname::text as "schema",
       c.relname::text as "table",
       p.polname::text as "name",
       case p.polcmd when 'r' then 'SELECT' when 'a' then 'INSERT' when 'w' then 'UPDATE' when 'd' then 'DELETE'
                     else 'ALL' end as "command",
       p.polpermissive as "permissive",
       array(select case u.oid when 0 then null
                               else coalesce((select r.rolname::text from pg_catalog.pg_roles r where r.oid = u.oid),
                                             'oid:' || u.oid) end
               from unnest(p.polroles) u (oid)) as "roles",
       pg_get_expr(p.polqual, p.polrelid) as "using",
       pg_get_expr(p.polwithcheck, p.polrelid) as "check",
       array(${notNullColumns}) as "notNull"
  from pg_catalog.pg_policy p
  join pg_catalog.pg_class c on c.oid = p.polrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace`,
  parse: (rows) =>
    v.parse(v.array(Row), rows).map(({ roles, notNull, ...policy }) => ({
      ...policy,
      roles: roles.toSorted(byGrantee),
      notNull: notNull.toSorted(byCodeUnit),
    })),
};

const LockedRow = v.object({ table: v.string() });

/** Tables whose policies nobody can read now: somebody holds or awaits the one lock that keeps readers out. */
export const lockedTablesSql = `
select distinct n.nspname || '.' || c.relname as "table"
  from pg_catalog.pg_locks l
  join pg_catalog.pg_policy p on p.polrelid = l.relation
  join pg_catalog.pg_class c on c.oid = l.relation
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where l.locktype = 'relation' and l.mode = 'AccessExclusiveLock'
   and l.database = (select d.oid from pg_catalog.pg_database d where d.datname = current_database())`;

export function lockedTables(rows: readonly unknown[]): readonly string[] {
  return v
    .parse(v.array(LockedRow), rows)
    .map(({ table }) => table)
    .toSorted(byCodeUnit);
}

import { aclRowReader, groupedAclsSql, parseAclRows } from "./aclRows.ts";
import type { DatabaseCollector } from "./collector.ts";

const ext = `ext as materialized (
  select d.classid, d.objid
    from pg_catalog.pg_depend d
   where d.refclassid = 'pg_catalog.pg_extension'::regclass and d.deptype = 'e'
), `;

/** Finds what the object's ACL was when it was made, and whether it belongs to an extension. */
function origin(catalog: string, oid: string, column = "0"): string {
  return `
    left join pg_catalog.pg_init_privs ip
           on ip.classoid = 'pg_catalog.${catalog}'::regclass and ip.objoid = ${oid} and ip.objsubid = ${column}
    left join ext x on x.classid = 'pg_catalog.${catalog}'::regclass and x.objid = ${oid}`;
}

/** System objects and those of extensions are of interest only when their ACL is not the one they were made with. */
function decided(acl: string): string {
  return `n.nspname !~ '^pg_(toast|temp_|toast_temp_)'
     and not ((n.nspname in ('pg_catalog', 'information_schema') or x.objid is not null)
              and ${acl} is not distinct from ip.initprivs)`;
}

const schemas = `
  select 'schema'::text as kind, null::text as nsp, n.nspname::text as object, n.nspowner as own,
         coalesce(n.nspacl, acldefault('n', n.nspowner)) as acl
    from pg_catalog.pg_namespace n${origin("pg_namespace", "n.oid")}
   where ${decided("n.nspacl")}`;

const relations = `
  select case c.relkind when 'S' then 'sequence' when 'v' then 'view' when 'm' then 'matview'
                        when 'f' then 'foreign_table' else 'table' end,
         n.nspname::text, c.relname::text, c.relowner,
         coalesce(c.relacl, acldefault(case c.relkind when 'S' then 's' else 'r' end::"char", c.relowner))
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace${origin("pg_class", "c.oid")}
   where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') and ${decided("c.relacl")}`;

const columns = `
  select 'column', n.nspname::text, quote_ident(c.relname) || '.' || quote_ident(a.attname), c.relowner, a.attacl
    from pg_catalog.pg_attribute a
    join pg_catalog.pg_class c on c.oid = a.attrelid
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace${origin("pg_class", "c.oid", "a.attnum")}
   where a.attacl is not null and not a.attisdropped and ${decided("a.attacl")}`;

/** Known by its input types: the names of arguments are nothing that a grant depends on. */
const routines = `
  select case p.prokind when 'p' then 'procedure' when 'a' then 'aggregate' else 'function' end,
         n.nspname::text, quote_ident(p.proname) || '(' || oidvectortypes(p.proargtypes) || ')', p.proowner,
         coalesce(p.proacl, acldefault('f', p.proowner))
    from pg_catalog.pg_proc p
    join pg_catalog.pg_namespace n on n.oid = p.pronamespace${origin("pg_proc", "p.oid")}
   where ${decided("p.proacl")}`;

/** Without array types and row types, whose rights are those of what they are made of. */
const types = `
  select case t.typtype when 'd' then 'domain' else 'type' end, n.nspname::text, t.typname::text, t.typowner,
         coalesce(t.typacl, acldefault('T', t.typowner))
    from pg_catalog.pg_type t
    join pg_catalog.pg_namespace n on n.oid = t.typnamespace
    left join pg_catalog.pg_class tc on tc.oid = t.typrelid${origin("pg_type", "t.oid")}
   where t.typtype in ('b', 'c', 'd', 'e', 'r') and not (t.typelem <> 0 and t.typlen = -1 and t.typname ~ '^_')
     and (t.typrelid = 0 or tc.relkind = 'c') and ${decided("t.typacl")}`;

const others = `
  select 'language', null, l.lanname::text, l.lanowner, coalesce(l.lanacl, acldefault('l', l.lanowner))
    from pg_catalog.pg_language l
   where l.lanacl is not null or l.lanispl
  union all
  select 'fdw', null, f.fdwname::text, f.fdwowner, coalesce(f.fdwacl, acldefault('F', f.fdwowner))
    from pg_catalog.pg_foreign_data_wrapper f
  union all
  select 'server', null, s.srvname::text, s.srvowner, coalesce(s.srvacl, acldefault('S', s.srvowner))
    from pg_catalog.pg_foreign_server s
  union all
  select 'large_object', null, m.oid::text, m.lomowner, coalesce(m.lomacl, acldefault('L', m.lomowner))
    from pg_catalog.pg_largeobject_metadata m`;

/** ACLs of everything in one database (roles.md §1.6). */
export const acls: DatabaseCollector<"acls"> = {
  section: "acls",
  scope: "database",
  sql: () => groupedAclsSql([schemas, relations, columns, routines, types, others].join("\n  union all"), ext),
  parse: parseAclRows,
  reader: aclRowReader,
};

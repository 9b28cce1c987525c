import * as v from "valibot";
import { byCodeUnit } from "../diff/canonical.ts";
import type { DatabaseCollector } from "./collector.ts";
import { protectedRelations } from "./protectedRelations.ts";

const Row = v.object({
  schema: v.string(),
  signature: v.string(),
  owner: v.string(),
  language: v.string(),
  search_path: v.nullable(v.string()),
  body_md5: v.string(),
  public_execute: v.boolean(),
  extension: v.boolean(),
  mentions: v.array(v.string()),
});

/** Functions that run with their owner's rights (roles.md §1.9). Their source stays on the server. */
export const definerFunctions: DatabaseCollector<"definerFunctions"> = {
  section: "definerFunctions",
  scope: "database",
  // A body in the standard's form, from 14 on, is kept parsed: what it reads is known, and its hash leaves out where in
  // the text each part stood. In any other body a table counts whose name stands there as words.
  sql: (major) => `
with protected as materialized (
  select c.oid, n.nspname || '.' || c.relname as full_name, c.relname::text as name, ${wordsOf("c.relname::text")} as words
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
   where c.oid in (${protectedRelations})
), definer as materialized (
  select p.*, ${wordsOf("p.prosrc")} as words
    from pg_catalog.pg_proc p
   where p.prosecdef
)
select n.nspname::text as "schema",
       quote_ident(p.proname) || '(' || oidvectortypes(p.proargtypes) || ')' as "signature",
       coalesce(o.rolname::text, 'oid:' || p.proowner) as "owner",
       l.lanname::text as "language",
       (select substr(c, 13) from unnest(p.proconfig) c where c like 'search\\_path=%') as "search_path",
       ${major >= 14 ? parsedBody : "md5(p.prosrc)"} as "body_md5",
       exists (select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) e
                where e.grantee = 0) as "public_execute",
       exists (select from pg_catalog.pg_depend d
                where d.classid = 'pg_catalog.pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e') as "extension",
       array(select t.full_name
               from protected t
              where case when t.words = ' ' then strpos(p.prosrc, t.name) > 0 else strpos(p.words, t.words) > 0 end
                 or t.oid in (select d.refobjid
                                from pg_catalog.pg_depend d
                               where d.classid = 'pg_catalog.pg_proc'::regclass and d.objid = p.oid
                                 and d.refclassid = 'pg_catalog.pg_class'::regclass)) as "mentions"
  from definer p
  join pg_catalog.pg_namespace n on n.oid = p.pronamespace
  join pg_catalog.pg_language l on l.oid = p.prolang
  left join pg_catalog.pg_roles o on o.oid = p.proowner
 where n.nspname not in ('pg_catalog', 'information_schema')`,
  parse: (rows) =>
    v.parse(v.array(Row), rows).map(({ search_path, body_md5, public_execute, mentions, ...facts }) => ({
      ...facts,
      searchPath: search_path,
      bodyMd5: body_md5,
      publicExecute: public_execute,
      mentions: mentions.toSorted(byCodeUnit),
    })),
};

/** Words in lower case between single spaces; ASCII only, as the server folds identifiers. A single space: no words. */
function wordsOf(text: string): string {
  return `regexp_replace(lower(' ' || ${text} collate "C" || ' '), '[^[:alnum:]_]+', ' ', 'g')`;
}

const parsedBody = `md5(coalesce(regexp_replace(p.prosqlbody::text, ' :(location|stmt_location|stmt_len) -?[0-9]+', '', 'g'),
                    p.prosrc))`;

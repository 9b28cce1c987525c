import * as v from "valibot";
import type { DatabaseCollector } from "./collector.ts";

const Row = v.object({
  schema: v.string(),
  signature: v.string(),
  owner: v.string(),
  language: v.string(),
  trusted_language: v.boolean(),
  leakproof: v.boolean(),
});

export const notableFunctions: DatabaseCollector<"notableFunctions"> = {
  section: "notableFunctions",
  scope: "database",
  // C and internal count as untrusted, as the catalog has it: a function in C is machine code in the server. An
  // aggregate is always `internal` and only names the functions that do its work.
  sql: () => `
select n.nspname::text as "schema",
       quote_ident(p.proname) || '(' || oidvectortypes(p.proargtypes) || ')' as "signature",
       coalesce(o.rolname::text, 'oid:' || p.proowner) as "owner",
       l.lanname::text as "language",
       l.lanpltrusted as "trusted_language",
       p.proleakproof as "leakproof"
  from pg_catalog.pg_proc p
  join pg_catalog.pg_namespace n on n.oid = p.pronamespace
  join pg_catalog.pg_language l on l.oid = p.prolang
  left join pg_catalog.pg_roles o on o.oid = p.proowner
 where p.prokind <> 'a' and (not l.lanpltrusted or p.proleakproof)
   and n.nspname not in ('pg_catalog', 'information_schema')
   and not exists (select from pg_catalog.pg_depend d
                    where d.classid = 'pg_catalog.pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')`,
  parse: (rows) =>
    v
      .parse(v.array(Row), rows)
      .map(({ trusted_language, ...facts }) => ({ ...facts, trustedLanguage: trusted_language })),
};

import * as v from "valibot";
import type { Canary } from "../model/policy.ts";
import type { Rows } from "./collector.ts";

const Row = v.object({
  login: v.string(),
  role_exists: v.boolean(),
  may_become: v.boolean(),
  kind: v.nullable(v.string()),
  missing_columns: v.array(v.string()),
  statement: v.nullable(v.string()),
});

/** What there is of a canary, and the statement that looks for it: names quoted by the server, values as parameters. */
export type CanaryPlan = v.InferOutput<typeof Row>;

/**
 * Parameters: the role, the schema, the table, the columns. Nothing is interpolated: `format` quotes each name with
 * %I, and the values of the columns become the parameters of the statement that it returns.
 */
export function canaryPlanSql(major: number): string {
  return `
select current_user::pg_catalog.text as "login",
       exists (select from pg_catalog.pg_roles r where r.rolname = $1) as "role_exists",
       exists (select from pg_catalog.pg_roles r
                where r.rolname = $1
                  and pg_catalog.pg_has_role(current_user, r.oid, '${major >= 16 ? "SET" : "MEMBER"}')) as "may_become",
       c.relkind::pg_catalog.text as "kind",
       array(select w.name from pg_catalog.unnest($4::pg_catalog.text[]) w(name)
              where not exists (select from pg_catalog.pg_attribute a
                                 where a.attrelid = c.oid and a.attname = w.name and a.attnum > 0
                                   and not a.attisdropped)) as "missing_columns",
       case when c.oid is not null then pg_catalog.format(
         'select pg_catalog.count(*)::pg_catalog.int4 as "rows", current_user::pg_catalog.text as "role" from (select 1 from %I.%I%s limit 1) canary',
         n.nspname, c.relname,
         (select ' where ' || pg_catalog.string_agg(
                   pg_catalog.format('%I::pg_catalog.text operator(pg_catalog.=) $%s', w.name, w.place), ' and ' order by w.place)
            from pg_catalog.unnest($4::pg_catalog.text[]) with ordinality w(name, place))) end as "statement"
  from (select 1) as one
  left join pg_catalog.pg_namespace n on n.nspname = $2
  left join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = $3`;
}

export function canaryPlanValues({ table, where }: Canary, role: string): readonly (string | readonly string[])[] {
  const { schema, name } = tableOf(table);
  return [role, schema, name, Object.keys(where)];
}

export function parseCanaryPlan(rows: Rows): CanaryPlan {
  const [plan] = v.parse(v.tuple([Row]), rows);
  return plan;
}

function tableOf(table: string): { readonly schema: string; readonly name: string } {
  const dot = table.indexOf(".");
  return { schema: table.slice(0, dot), name: table.slice(dot + 1) };
}

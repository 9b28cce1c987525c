import * as v from "valibot";
import { CollectError } from "./collectError.ts";
import type { DatabaseCollector } from "./collector.ts";
import { textLiteral } from "./textLiteral.ts";

const Row = v.object({ schema: v.string(), table: v.string(), column: v.string() });

/** A pattern that finds more finds no sensitive ones. */
const maxColumns = 10_000;

/**
 * Columns whose names match one of the policy's patterns, without case.
 *
 * @param patterns of `policy.privileges.sensitiveColumns`, which the configuration has checked; without any nothing is
 * looked for
 */
export function sensitiveColumns(patterns: readonly string[]): DatabaseCollector<"sensitiveColumns"> {
  // One expression for all: PostgreSQL keeps few compiled ones at hand. Its engine does not backtrack.
  const matches =
    patterns.length === 0 ? "false" : `a.attname ~* ${textLiteral(patterns.map((one) => `(?:${one})`).join("|"))}`;
  return {
    section: "sensitiveColumns",
    scope: "database",
    sql: () => `
select n.nspname::text as "schema", c.relname::text as "table", a.attname::text as "column"
  from pg_catalog.pg_attribute a
  join pg_catalog.pg_class c on c.oid = a.attrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where ${matches} and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
   and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_(toast|temp_|toast_temp_)'
   and not exists (select from pg_catalog.pg_depend d
                    where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
 limit ${maxColumns + 1}`,
    parse(rows) {
      if (rows.length > maxColumns)
        throw new CollectError(
          "shape",
          `More than ${maxColumns} columns match policy.privileges.sensitiveColumns: its patterns are too wide.`,
        );
      return v.parse(v.array(Row), rows);
    },
  };
}

import * as v from "valibot";
import { byGrantee } from "../diff/canonical.ts";
import type { ProtectedView } from "../model/databaseEvidence.ts";
import type { DatabaseCollector } from "./collector.ts";
import { protectedRelations } from "./protectedRelations.ts";

const Row = v.object({
  /** Ties the rows of one answer together, and goes no further. */
  id: v.string(),
  schema: v.string(),
  name: v.string(),
  owner: v.string(),
  kind: v.picklist(["table", "view", "matview"]),
  invoker: v.boolean(),
  over: v.array(v.string()),
});

type Row = v.InferOutput<typeof Row>;

/** Views and materialised views over protected tables, also through other views. */
export const protectedViews: DatabaseCollector<"protectedViews"> = {
  section: "protectedViews",
  scope: "database",
  // Only the edges: the ways through a diamond of views are too many to walk in SQL, which cannot keep the shortest.
  // UNION ends also where CREATE OR REPLACE has made a circle.
  sql: () => `
with recursive edge as materialized (
  select distinct w.ev_class as view, d.refobjid as base
    from pg_catalog.pg_rewrite w
    join pg_catalog.pg_class c on c.oid = w.ev_class and c.relkind in ('v', 'm')
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace and n.nspname not in ('pg_catalog', 'information_schema')
    join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_rewrite'::regclass and d.objid = w.oid
                               and d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid <> w.ev_class
), reach (oid) as (${protectedRelations}
  union
  select e.view from reach r join edge e on e.base = r.oid
)
select c.oid::text as "id",
       n.nspname::text as "schema",
       c.relname::text as "name",
       coalesce(o.rolname::text, 'oid:' || c.relowner) as "owner",
       case c.relkind when 'v' then 'view' when 'm' then 'matview' else 'table' end as "kind",
       exists (select from pg_options_to_table(c.reloptions) t
                where t.option_name = 'security_invoker'
                  and lower(t.option_value) in ('true', 'on', 'yes', '1')) as "invoker",
       coalesce(b.bases, '{}') as "over"
  from reach r
  join pg_catalog.pg_class c on c.oid = r.oid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  left join (select e.view, array_agg(e.base::text) as bases from edge e group by e.view) b on b.view = c.oid
  left join pg_catalog.pg_roles o on o.oid = c.relowner`,
  parse(rows) {
    const relations = v.parse(v.array(Row), rows);
    const views = new Map<string, Row[]>();
    for (const relation of relations) {
      for (const id of relation.over) {
        const above = views.get(id);
        if (above === undefined) views.set(id, [relation]);
        else above.push(relation);
      }
    }
    return relations.filter(({ kind }) => kind === "table").flatMap((table) => viewsOver(table, views));
  },
};

/** Breadth first, so that each view is met once and on its shortest way. */
function viewsOver(table: Row, views: ReadonlyMap<string, readonly Row[]>): readonly ProtectedView[] {
  const readers = readersOf(table, views);
  const met = new Set([table.id]);
  const found: ProtectedView[] = [];
  let level: readonly Row[] = [table];
  for (let depth = 1; level.length > 0; depth += 1) {
    const next = new Map(level.flatMap(({ id }) => (views.get(id) ?? []).map((view) => [view.id, view])));
    level = [...next.values()].filter(({ id }) => !met.has(id));
    for (const view of level) {
      met.add(view.id);
      found.push({
        schema: view.schema,
        view: view.name,
        owner: view.owner,
        materialized: view.kind === "matview",
        invoker: view.invoker,
        tableSchema: table.schema,
        table: table.name,
        depth,
        readsAs: [...(readers.get(view.id) ?? [])].sort(byGrantee),
      });
    }
  }
  return found;
}

/**
 * With whose rights each view reads a table, by its id. PostgreSQL takes those of the view that names the table,
 * whatever views stand over that one: its owner's, or with security_invoker those of who asks. A materialised view is
 * asked by its owner, and hands on a copy.
 */
function readersOf(
  table: Row,
  views: ReadonlyMap<string, readonly Row[]>,
): ReadonlyMap<string, ReadonlySet<string | null>> {
  const readers = new Map<string, Set<string | null>>();
  const open = (views.get(table.id) ?? []).map((view) => ({ view, by: view.invoker ? null : view.owner }));
  // Each view is met once per reader, so a circle ends.
  for (let step = open.pop(); step !== undefined; step = open.pop()) {
    const { view } = step;
    const isCopy = view.kind === "matview";
    const by = isCopy ? (step.by ?? view.owner) : step.by;
    const known = readers.get(view.id) ?? new Set();
    if (known.has(by)) continue;
    readers.set(view.id, known.add(by));
    if (!isCopy) open.push(...(views.get(view.id) ?? []).map((upper) => ({ view: upper, by })));
  }
  return readers;
}

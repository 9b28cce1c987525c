import * as v from "valibot";
import type { AclGroup } from "../model/databaseEvidence.ts";
import { aclReader } from "./aclItems.ts";

const Kind = v.picklist([
  "database",
  "tablespace",
  "parameter",
  "schema",
  "table",
  "view",
  "matview",
  "foreign_table",
  "sequence",
  "column",
  "function",
  "procedure",
  "aggregate",
  "type",
  "domain",
  "language",
  "fdw",
  "server",
  "large_object",
]);

const Row = v.object({
  kind: Kind,
  schema: v.nullable(v.string()),
  owner: v.string(),
  acl: v.array(v.string()),
  objects: v.array(v.string()),
  numeric_roles: v.array(v.string()),
  major: v.number(),
});

/**
 * Objects with the same owner and ACL, of a query that names every object as `(kind, schema, object, owner, acl)`.
 * Without an ACL of its own an object has the built-in one, so that the query expands nulls. aclitem has no order and
 * cannot be grouped by sorting: no aggregate here may have an ORDER BY.
 *
 * @param objects a query with the columns kind, nsp, object, own (OID) and acl
 * @param before common table expressions of that query
 */
export function groupedAclsSql(objects: string, before = ""): string {
  return `
with ${before}o as (${objects}
)
select g.kind as "kind",
       g.nsp as "schema",
       coalesce(r.rolname::text, 'oid:' || g.own) as "owner",
       to_json(g.acl::text[]) as "acl",
       to_json(g.objects) as "objects",
       array(select n.rolname::text from pg_catalog.pg_roles n where n.rolname ~ '^[0-9]+$') as "numeric_roles",
       current_setting('server_version_num')::int / 10000 as "major"
  from (select o.kind, o.nsp, o.own, o.acl, array_agg(o.object) as objects
          from o
         group by o.kind, o.nsp, o.own, o.acl) g
  left join pg_catalog.pg_roles r on r.oid = g.own`;
}

/** Reads one row after the other: at full size all of them at once would be half of the memory that a scan takes. */
export function aclRowReader(): (row: unknown) => AclGroup {
  let read: ReturnType<typeof aclReader> | undefined;
  // Every row brings its own copy of a few names.
  const names = new Map<string, string>();
  function one(name: string): string {
    const before = names.get(name);
    if (before === undefined) names.set(name, name);
    return before ?? name;
  }
  return (row) => {
    const { kind, schema, owner, acl, objects, major, numeric_roles } = v.parse(Row, row);
    // What is true of the server stands in every row alike.
    read ??= aclReader({ major, numericRoles: new Set(numeric_roles) });
    return {
      kind,
      schema: schema === null ? null : one(schema),
      owner: one(owner),
      ...read(acl, kind, owner),
      objects,
    };
  };
}

export function parseAclRows(rows: readonly unknown[]): readonly AclGroup[] {
  return rows.map(aclRowReader());
}

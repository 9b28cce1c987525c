import * as v from "valibot";
import type { SqlCollector } from "./collector.ts";

const Row = v.object({
  database: v.string(),
  name: v.string(),
  owner: v.string(),
  enabled: v.boolean(),
  publications: v.array(v.string()),
  password_required: v.nullable(v.boolean()),
  run_as_owner: v.nullable(v.boolean()),
});

export const subscriptions: SqlCollector<"subscriptions"> = {
  section: "subscriptions",
  scope: "server",
  // Column by column: subconninfo holds a password, and only superusers may read it.
  sql: (major) => `
select coalesce(d.datname::text, 'oid:' || s.subdbid) as "database",
       s.subname::text as "name",
       coalesce(o.rolname::text, 'oid:' || s.subowner) as "owner",
       s.subenabled as "enabled",
       s.subpublications as "publications",
       ${major >= 16 ? "s.subpasswordrequired" : "null::boolean"} as "password_required",
       ${major >= 16 ? "s.subrunasowner" : "null::boolean"} as "run_as_owner"
  from pg_catalog.pg_subscription s
  left join pg_catalog.pg_database d on d.oid = s.subdbid
  left join pg_catalog.pg_roles o on o.oid = s.subowner`,
  parse: (rows) =>
    v.parse(v.array(Row), rows).map(({ password_required, run_as_owner, ...facts }) => ({
      ...facts,
      passwordRequired: password_required,
      runAsOwner: run_as_owner,
    })),
};

import { groupedAclsSql, parseAclRows } from "./aclRows.ts";
import type { SqlCollector } from "./collector.ts";

export const sharedAcls: SqlCollector<"sharedAcls"> = {
  section: "sharedAcls",
  scope: "server",
  // 10 is the superuser that initdb made, whom every parameter belongs to.
  sql: (major) =>
    groupedAclsSql(`
  select 'database'::text as kind, null::text as nsp, d.datname::text as object, d.datdba as own,
         coalesce(d.datacl, acldefault('d', d.datdba)) as acl
    from pg_catalog.pg_database d
  union all
  select 'tablespace', null, t.spcname::text, t.spcowner, coalesce(t.spcacl, acldefault('t', t.spcowner))
    from pg_catalog.pg_tablespace t${major >= 15 ? parameters : ""}`),
  parse: parseAclRows,
};

const parameters = `
  union all
  select 'parameter', null, p.parname, 10::oid, p.paracl
    from pg_catalog.pg_parameter_acl p`;

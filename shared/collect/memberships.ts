import * as v from "valibot";
import type { SqlCollector } from "./collector.ts";

const Row = v.object({ role: v.string(), grantor: v.string(), options: v.string(), members: v.array(v.string()) });

export const memberships: SqlCollector<"memberships"> = {
  section: "memberships",
  scope: "server",
  // Grouped: 50,000 edges travel as some 2,300 rows. Cast to text: pg has no parser for name[].
  // Before 16 a grant has no options of its own: the member's attribute decides, and SET ROLE always works.
  sql: (major) => `
select granted.rolname::text as "role",
       coalesce(grantor.rolname::text, 'oid:' || m.grantor) as "grantor",
       concat(case when m.admin_option then 'A' end,
              case when ${major >= 16 ? "m.inherit_option" : "member.rolinherit"} then 'I' end,
              case when ${major >= 16 ? "m.set_option" : "true"} then 'S' end) as "options",
       array_agg(member.rolname::text) as "members"
  from pg_catalog.pg_auth_members m
  join pg_catalog.pg_roles granted on granted.oid = m.roleid
  join pg_catalog.pg_roles member on member.oid = m.member
  left join pg_catalog.pg_roles grantor on grantor.oid = m.grantor
 group by 1, 2, 3${major >= 14 ? databaseOwner : ""}`,
  parse: (rows) =>
    v.parse(v.array(Row), rows).flatMap(({ role, grantor, options, members }) => {
      const edge = { admin: options.includes("A"), inherit: options.includes("I"), set: options.includes("S") };
      return members.map((member) => ({ role, member, grantor, ...edge }));
    }),
};

/** pg_database_owner has one member that no catalog row names: the owner of the current database. */
const databaseOwner = `
union all
select 'pg_database_owner', '(implicit)', 'IS', array[owner.rolname::text]
  from pg_catalog.pg_database d
  join pg_catalog.pg_roles owner on owner.oid = d.datdba
 where d.datname = current_database()`;

import * as v from "valibot";
import type { SqlSession, Statement } from "./ports.ts";

/** Values: names of roles, database. */
const readRoles: Statement = {
  name: "preflight.roles",
  sql: `
select r.rolname::text as "name",
       r.rolcanlogin as "canLogIn",
       r.rolsuper or r.rolreplication or r.rolbypassrls as "privileged",
       r.rolconnlimit as "connectionLimit",
       to_char(r.rolvaliduntil at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as "validUntil",
       r.rolvaliduntil is not null and r.rolvaliduntil <= now() as "expired",
       concat(case when r.rolinherit then 'I' end, case when r.rolcreaterole then 'R' end,
              case when r.rolcreatedb then 'D' end, case when r.rolbypassrls then 'B' end) as "attributes",
       coalesce(r.rolconfig, '{}'::text[]) as "settings",
       array(select concat_ws('=', coalesce(d.datname::text, ''), array_to_string(s.setconfig, ','))
               from pg_catalog.pg_db_role_setting s
               left join pg_catalog.pg_database d on d.oid = s.setdatabase
              where s.setrole = r.oid and s.setdatabase <> 0) as "databaseSettings",
       array(select distinct g.rolname::text || case when m.admin_option then ' admin' else '' end
               from pg_catalog.pg_auth_members m
               join pg_catalog.pg_roles g on g.oid = m.roleid
              where m.member = r.oid) as "memberOf",
       exists (select from pg_catalog.pg_database d where d.datname = $2) as "databaseExists",
       coalesce((select pg_catalog.has_database_privilege(r.oid, d.oid, 'CONNECT')
                   from pg_catalog.pg_database d where d.datname = $2), false) as "mayConnect",
       coalesce((select s.rolsuper from pg_catalog.pg_roles s where s.rolname = current_user), false)
         or exists (select from pg_catalog.pg_roles a
                     where a.rolname = 'azure_pg_admin' and pg_catalog.pg_has_role(current_user, a.oid, 'MEMBER'))
         or exists (select from pg_catalog.pg_roles c
                     where c.rolname = current_user and c.rolcreaterole
                       and pg_catalog.pg_has_role(current_user, r.oid, 'MEMBER WITH ADMIN OPTION')) as "manageable",
       current_user::text as "rotator"
  from pg_catalog.pg_roles r
 where r.rolname = any ($1::text[])`,
};

const RoleFacts = v.object({
  name: v.string(),
  canLogIn: v.boolean(),
  /** Superuser, replication or BYPASSRLS. */
  privileged: v.boolean(),
  connectionLimit: v.number(),
  /** ISO 8601. */
  validUntil: v.nullable(v.string()),
  /** By the server's own clock. */
  expired: v.boolean(),
  attributes: v.string(),
  settings: v.array(v.string()),
  databaseSettings: v.array(v.string()),
  memberOf: v.array(v.string()),
  databaseExists: v.boolean(),
  mayConnect: v.boolean(),
  /** Whether the catalog shows that the rotator may set its password; otherwise only a try tells. */
  manageable: v.boolean(),
  rotator: v.string(),
});

/** What preflight judges of one role. */
export type RoleFacts = v.InferOutput<typeof RoleFacts>;

/** Roles that do not exist are not in the answer. */
export async function readRoleFacts(
  session: SqlSession,
  names: readonly string[],
  database: string,
  signal: AbortSignal,
): Promise<readonly RoleFacts[]> {
  return v.parse(v.array(RoleFacts), await session.run(readRoles, [names, database], signal));
}

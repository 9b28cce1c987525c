import * as v from "valibot";
import type { Credential } from "../../model/credential.ts";
import type { SqlSession, Statement } from "../ports.ts";

/** Values: names of roles, the rotator's role, database. */
const readSetupRoles: Statement = {
  name: "setup.roles",
  sql: `
select r.rolname::text as "name",
       r.rolcanlogin as "canLogIn",
       r.rolinherit as "inherits",
       r.rolcreaterole as "createsRoles",
       r.rolcreatedb as "createsDatabases",
       r.rolconnlimit as "connectionLimit",
       r.rolvaliduntil::text as "validUntil",
       coalesce(r.rolconfig, '{}'::text[]) as "settings",
       (select coalesce(jsonb_agg(jsonb_build_object('database', d.datname::text, 'settings', s.setconfig)
                                  order by d.datname), '[]')
          from pg_catalog.pg_db_role_setting s
          join pg_catalog.pg_database d on d.oid = s.setdatabase
         where s.setrole = r.oid) as "databaseSettings",
       -- Before 16 a grant has no options of its own but ADMIN. The same grant by several grantors is one.
       (select coalesce(jsonb_agg(jsonb_build_object('role', g.role, 'admin', g.admin, 'inherit', g.inherit, 'set', g.set)
                                  order by g.role), '[]')
          from (select o.rolname::text as role, bool_or(m.admin_option) as admin,
                       bool_or(coalesce((to_jsonb(m) ->> 'inherit_option')::boolean, r.rolinherit)) as inherit,
                       bool_or(coalesce((to_jsonb(m) ->> 'set_option')::boolean, true)) as set
                  from pg_catalog.pg_auth_members m
                  join pg_catalog.pg_roles o on o.oid = m.roleid
                 where m.member = r.oid
                 group by 1) g) as "memberOf",
       -- What it owns and what was granted to itself, in every database.
       (select coalesce(jsonb_agg(jsonb_build_object('database', p.database, 'objects', p.objects, 'digest', p.digest)
                                  order by p.database), '[]')
          from (select d.datname::text as database, count(*)::int as objects,
                       md5(string_agg(concat_ws('/', s.deptype, s.classid, s.objid, s.objsubid), ','
                                      order by s.deptype, s.classid, s.objid, s.objsubid)) as digest
                  from pg_catalog.pg_shdepend s
                  left join pg_catalog.pg_database d on d.oid = s.dbid
                 where s.refclassid = 'pg_catalog.pg_authid'::regclass and s.refobjid = r.oid
                   and s.deptype in ('o', 'a', 'r')
                 group by 1) p) as "own",
       coalesce((select pg_catalog.has_database_privilege(r.oid, d.oid, 'CONNECT')
                   from pg_catalog.pg_database d where d.datname = $3), false) as "mayConnect",
       exists (select from pg_catalog.pg_roles w
                where w.rolname = $2
                  and (exists (select from pg_catalog.pg_roles a
                                where a.rolname = 'azure_pg_admin' and pg_catalog.pg_has_role(w.oid, a.oid, 'MEMBER'))
                       or (current_setting('server_version_num')::int < 160000
                           or pg_catalog.pg_has_role(w.oid, r.oid, 'MEMBER WITH ADMIN OPTION')))) as "manageable"
  from pg_catalog.pg_roles r
 where r.rolname = any ($1::text[])`,
};

/** Values: the rotator's role, database. */
const readSetupServer: Statement = {
  name: "setup.server",
  sql: `
select current_user::text as "self",
       exists (select from pg_catalog.pg_database d where d.datname = $2) as "databaseExists",
       exists (select from pg_catalog.pg_database d,
                           aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
                where d.datname = $2 and a.grantee = 0 and a.privilege_type = 'CONNECT') as "publicConnects",
       exists (select from pg_catalog.pg_roles a, pg_catalog.pg_roles w
                where a.rolname = 'azure_pg_admin' and w.rolname = $1
                  and pg_catalog.pg_has_role(w.oid, a.oid, 'MEMBER')) as "rotatorAdministers",
       exists (select from pg_catalog.pg_roles a, pg_catalog.pg_roles w
                where a.rolname = 'pg_read_all_stats' and w.rolname = $1
                  and pg_catalog.pg_has_role(w.oid, a.oid, 'USAGE')) as "rotatorSeesSessions",
       exists (select from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
                where n.nspname = 'pgwarden' and c.relname = 'ledger') as "ledgerExists",
       exists (select from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
                           cross join pg_catalog.pg_roles w
                where n.nspname = 'pgwarden' and c.relname = 'ledger' and w.rolname = $1
                  and pg_catalog.has_schema_privilege(w.oid, n.oid, 'USAGE')
                  and pg_catalog.has_table_privilege(w.oid, c.oid, 'SELECT')
                  and pg_catalog.has_table_privilege(w.oid, c.oid, 'INSERT')
                  and pg_catalog.has_table_privilege(w.oid, c.oid, 'UPDATE')) as "rotatorKeepsLedger"`,
};

const SetupRole = v.object({
  name: v.string(),
  canLogIn: v.boolean(),
  inherits: v.boolean(),
  createsRoles: v.boolean(),
  createsDatabases: v.boolean(),
  connectionLimit: v.number(),
  validUntil: v.nullable(v.string()),
  /** `name=value`, as `rolconfig` has them. */
  settings: v.array(v.string()),
  databaseSettings: v.array(v.object({ database: v.string(), settings: v.array(v.string()) })),
  memberOf: v.array(v.object({ role: v.string(), admin: v.boolean(), inherit: v.boolean(), set: v.boolean() })),
  /** `database` null: databases and other objects of the whole server. `digest`: of which objects, and how. */
  own: v.array(v.object({ database: v.nullable(v.string()), objects: v.number(), digest: v.string() })),
  mayConnect: v.boolean(),
  /** Whether the rotator may set its password, once it has CREATEROLE. */
  manageable: v.boolean(),
});
export type SetupRole = v.InferOutput<typeof SetupRole>;

const Server = v.pipe(
  v.tuple([
    v.object({
      self: v.string(),
      databaseExists: v.boolean(),
      publicConnects: v.boolean(),
      rotatorAdministers: v.boolean(),
      rotatorSeesSessions: v.boolean(),
      ledgerExists: v.boolean(),
      rotatorKeepsLedger: v.boolean(),
    }),
  ]),
  v.transform(([server]) => server),
);

/** What a setup is decided from. */
export interface SetupFacts extends v.InferOutput<typeof Server> {
  readonly major: number;
  /** Those of the credential, its owner and the rotator that exist, by name. */
  readonly roles: ReadonlyMap<string, SetupRole>;
}

export async function readSetupFacts(
  { roles, owner, database }: Pick<Credential, "roles" | "owner" | "database">,
  rotator: string,
  session: SqlSession,
  signal: AbortSignal,
): Promise<SetupFacts> {
  const names = [...roles, ...(owner === null ? [] : [owner]), rotator];
  const found = v.parse(v.array(SetupRole), await session.run(readSetupRoles, [names, rotator, database], signal));
  const server = v.parse(Server, await session.run(readSetupServer, [rotator, database], signal));
  return { ...server, major: session.major, roles: new Map(found.map((role) => [role.name, role])) };
}

/** A server of which nothing is known: everything is set up, as an administrator does it. */
export const nothingThere: SetupFacts = {
  self: "",
  databaseExists: true,
  publicConnects: true,
  rotatorAdministers: false,
  rotatorSeesSessions: false,
  ledgerExists: false,
  rotatorKeepsLedger: false,
  major: 16,
  roles: new Map(),
};

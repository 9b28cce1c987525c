/** The platform's own superuser on the service; nobody else may be it. */
export const SUPERUSER = "azuresu";

/**
 * What a new flexible server has besides a plain PostgreSQL (roles.md §4). Run once as superuser in `template1` and
 * `postgres`; database-wide objects come first and only once.
 */
export const clusterObjects = `
create role azure_pg_admin nologin;
create role replication login replication;
`;

/** PUBLIC may connect to neither of the platform's databases. */
export const platformDatabases = [
  "create database azure_maintenance",
  "create database azure_sys",
  "revoke all on database azure_maintenance from public",
  "revoke all on database azure_sys from public",
];

/** The schema `public` belongs to azure_pg_admin on every version (roles.md §4). */
export const databaseObjects = "alter schema public owner to azure_pg_admin;";

/*
 * NOLOGIN is what the service says of a role without a password, even of one with LOGIN. An Entra role has none there;
 * here its verifier is the current token's. The superuser logs in over TCP for tests only.
 */
export const authenticationTypes = `
create function public.azure_roles_authtype() returns table (rolename name, authtype text)
  language sql stable strict security definer set search_path = pg_catalog, pg_temp
as $$
  select a.rolname,
         case when a.rolname = '${SUPERUSER}' or l.objoid is not null or a.rolpassword is null then 'NOLOGIN'
              when a.rolpassword like 'md5%' then 'MD5'
              else 'SCRAM-256' end
    from pg_catalog.pg_authid a
    left join pg_catalog.pg_shseclabel l
      on l.objoid = a.oid and l.classoid = 'pg_catalog.pg_authid'::regclass and l.provider = 'pgaadauth'
   order by a.oid
$$;
`;

-- The least that the rotator needs in one server that holds credentials; it may be run again.
-- As a Microsoft Entra administrator who made the roles below or holds ADMIN OPTION on them, connected to database
-- postgres. Write the roles of this server's credentials into the list first.

do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'pgwarden-rotator') then
    perform pg_catalog.pgaadauth_create_principal('pgwarden-rotator', false, false);
  end if;
end $$;

-- Its rotation ledger, schema pgwarden, and whether a role that is about to change is in use.
grant create on database postgres to "pgwarden-rotator";
grant pg_read_all_stats to "pgwarden-rotator";
alter role "pgwarden-rotator" createrole;

do $$
declare
  credentials constant text[] := array['app_a', 'app_b'];
  name text;
begin
  -- Before 16 CREATEROLE alone reaches every role that is no superuser.
  if current_setting('server_version_num')::int >= 160000 then
    foreach name in array credentials loop
      execute format('grant %I to %I with admin true, inherit false, set false', name, 'pgwarden-rotator');
    end loop;
  end if;
end $$;

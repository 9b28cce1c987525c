import { expect, it } from "@jest/globals";
import { describePostgres } from "../../describePostgres.ts";
import { acls } from "../../../shared/collect/acls.ts";
import { context } from "../../../shared/collect/context.ts";
import { cronJobs } from "../../../shared/collect/cronJobs.ts";
import { definerFunctions } from "../../../shared/collect/definerFunctions.ts";
import { extensions } from "../../../shared/collect/extensions.ts";
import { foreignServers } from "../../../shared/collect/foreignServers.ts";
import { memberships } from "../../../shared/collect/memberships.ts";
import { notableFunctions } from "../../../shared/collect/notableFunctions.ts";
import { roles } from "../../../shared/collect/roles.ts";
import { sharedAcls } from "../../../shared/collect/sharedAcls.ts";
import { userMappings } from "../../../shared/collect/userMappings.ts";
import { extCredentialStores } from "../../../shared/controls/code/extCredentialStores.ts";
import { extCronJobs } from "../../../shared/controls/code/extCronJobs.ts";
import { extCryptoAnon } from "../../../shared/controls/code/extCryptoAnon.ts";
import { extInPublic } from "../../../shared/controls/code/extInPublic.ts";
import { extInstalledApproved } from "../../../shared/controls/code/extInstalledApproved.ts";
import { extOutdated } from "../../../shared/controls/code/extOutdated.ts";
import { fdwGrants } from "../../../shared/controls/code/fdwGrants.ts";
import { fdwServersApproved } from "../../../shared/controls/code/fdwServersApproved.ts";
import { fdwUserMappings } from "../../../shared/controls/code/fdwUserMappings.ts";
import { fnDefinerOwner } from "../../../shared/controls/code/fnDefinerOwner.ts";
import { fnDefinerSearchPath } from "../../../shared/controls/code/fnDefinerSearchPath.ts";
import { fnUntrustedLanguage } from "../../../shared/controls/code/fnUntrustedLanguage.ts";
import { policy } from "../../builders.ts";
import { testPhases } from "../testPhases.ts";

/** A legal name with everything that may break quoting. */
const odd = `o"d/d %'\\ ☃`;
const oddSubject = odd.replace("%", "%25").replace("/", "%2F");
const oddSql = `"${odd.replace('"', '""')}"`;
const oddFunction = `function/postgres/app/"${oddSubject.replace('"', '""')}"(integer)`;

const ofRoles = [roles, memberships, context];

const world = `
create role owner_role; create role readers; create role app_rw login; create role other_app login;
create schema app authorization owner_role; grant usage on schema app to public; set local role owner_role;
create function app.safe() returns int language sql security definer set search_path = app, pg_temp as 'select 1';
reset role;
`;

function definer(name: string, path: string): string {
  return `create function ${name}(int) returns int language sql security definer ${path} as 'select 1';
    alter function ${name}(int) owner to owner_role;`;
}

describePostgres([13, 18], (_major, getServer) => {
  testPhases(getServer, fnDefinerSearchPath, [...ofRoles, acls, definerFunctions], {
    baseline: world,
    lookAlike: `create function app.invoker() returns int language sql as 'select 1';
      ${definer("app.none", "set search_path = ''")} ${definer("app.catalog", "set search_path = pg_catalog")}
      ${definer("app.both", "set search_path = pg_catalog, app, pg_temp")}
      grant create on schema app to pgadmin`,
    violation: `create schema wide; grant create on schema wide to readers;
      ${definer(`app.${oddSql}`, "")} ${definer("app.caller", 'set search_path = "$user", app, pg_temp')}
      ${definer("app.first", "set search_path = pg_temp, app")} ${definer("app.absent", "set search_path = app")}
      ${definer("app.text", "set search_path = 'app, pg_temp'")}
      ${definer("app.writable", "set search_path = wide, pg_temp")}`,
    subjects: [
      oddFunction,
      ...["caller", "first", "absent", "text", "writable"].map((name) => `function/postgres/app/${name}(integer)`),
    ],
    remediation: [odd, "caller", "first", "absent", "text", "writable"].map((name) => ({
      ...{ schema: "app", function: name, "trusted schema": "app" },
    })),
  });

  testPhases(getServer, fnDefinerOwner, [...ofRoles, definerFunctions], {
    baseline: world,
    lookAlike: `create function app.invoker() returns int language sql as 'select 1';
      alter function app.invoker() owner to pgadmin; create extension pgcrypto`,
    violation: `${definer(`app.${oddSql}`, "")} alter function app.${oddSql}(int) owner to pgadmin;
      ${definer("app.login", "")} alter function app.login(int) owner to app_rw;
      ${definer("app.member", "")} grant azure_pg_admin to readers; alter function app.member(int) owner to readers`,
    subjects: [oddFunction, "function/postgres/app/login(integer)", "function/postgres/app/member(integer)"],
    remediation: [odd, "login", "member"].map((name) => ({
      ...{ schema: "app", function: name, "role without login": "owner_role" },
    })),
  });

  testPhases(getServer, fnUntrustedLanguage, [notableFunctions], {
    baseline: world,
    // The functions of an extension are in C.
    lookAlike: `create extension pgcrypto; create function app.internal() returns int language plpgsql as 'begin return 1; end'`,
    violation: `create function app.${oddSql}(int) returns int language internal immutable as 'int4abs';
      alter function app.${oddSql}(int) owner to owner_role`,
    subjects: [oddFunction],
    remediation: [{ schema: "app", function: odd }],
  });

  testPhases(getServer, extInstalledApproved, [extensions], {
    policy: policy({ code: { approvedExtensions: ["plpgsql", "pgcrypto"] } }),
    baseline: "create extension pgcrypto",
    lookAlike: "create schema dblink",
    violation: 'create extension dblink; create extension "uuid-ossp"',
    subjects: ["extension/postgres/dblink", "extension/postgres/uuid-ossp"],
    remediation: [{ extension: "dblink" }, { extension: "uuid-ossp" }],
  });

  testPhases(getServer, extOutdated, [extensions], {
    baseline: "create extension pgcrypto",
    lookAlike: "create extension hstore",
    violation: "create extension citext version '1.4'",
    subjects: ["extension/postgres/citext"],
    remediation: [{ extension: "citext" }],
  });

  testPhases(getServer, extInPublic, [extensions], {
    baseline: "create schema ext; create extension pgcrypto schema ext",
    lookAlike: "create schema public_ext; create extension hstore schema public_ext",
    violation: 'create extension citext; create extension "uuid-ossp" schema public',
    subjects: ["extension/postgres/citext", "extension/postgres/uuid-ossp"],
    remediation: [
      { extension: "citext", schema: "ext" },
      { extension: "uuid-ossp", schema: "ext" },
    ],
  });

  testPhases(getServer, extCryptoAnon, [extensions], {
    policy: policy({ code: { cryptoRequired: true } }),
    baseline: "create extension pgcrypto",
    lookAlike: "create extension citext",
    violation: "drop extension pgcrypto",
    subjects: ["database/postgres"],
    remediation: [{}],
  });

  testPhases(getServer, fdwUserMappings, [userMappings], {
    baseline: `${world} create extension postgres_fdw; create server hub foreign data wrapper postgres_fdw;
      create user mapping for app_rw server hub`,
    lookAlike: `create role "PUBLIC"; create user mapping for "PUBLIC" server hub`,
    violation: `create server ${oddSql} foreign data wrapper postgres_fdw; create user mapping for public server ${oddSql}`,
    subjects: [`userMapping/postgres/${oddSubject}`],
    remediation: [{ server: odd }],
  });

  testPhases(getServer, fdwServersApproved, [foreignServers], {
    policy: policy({ code: { approvedForeignHosts: ["hub.example.com"] } }),
    baseline: `create extension postgres_fdw;
      create server hub foreign data wrapper postgres_fdw options (host 'hub.example.com', sslmode 'verify-full')`,
    lookAlike: `create extension file_fdw; create server files foreign data wrapper file_fdw;
      create server caps foreign data wrapper postgres_fdw options (host 'Hub.Example.com', sslmode 'verify-full', port '6432')`,
    violation: `create server ${oddSql} foreign data wrapper postgres_fdw
        options (host 'hub.example.com.evil.example', sslmode 'verify-full');
      create server weak foreign data wrapper postgres_fdw options (host 'hub.example.com', sslmode 'require')`,
    subjects: [`foreignServer/postgres/${oddSubject}`, "foreignServer/postgres/weak"],
    remediation: [
      { server: odd, "approved host": "hub.example.com" },
      { server: "weak", "approved host": "hub.example.com" },
    ],
  });

  testPhases(getServer, fdwGrants, [...ofRoles, sharedAcls, acls], {
    baseline: `${world} create extension postgres_fdw; create extension dblink; create server hub foreign data wrapper postgres_fdw`,
    lookAlike: `grant usage on foreign server hub to readers; grant usage on foreign data wrapper postgres_fdw to pgadmin;
      grant execute on function dblink_connect_u(text) to pgadmin`,
    violation: `create server ${oddSql} foreign data wrapper postgres_fdw;
      grant usage on foreign server ${oddSql} to app_rw; grant readers to other_app`,
    subjects: [`foreignServer/postgres/${oddSubject}`, "foreignServer/postgres/hub"],
    remediation: [
      { server: odd, grantee: "app_rw" },
      { server: "hub", grantee: "readers" },
    ],
  });

  testPhases(getServer, extCredentialStores, ofRoles, {
    baseline: "create role azure_storage_admin; create role team; create role ann login; create role bob login",
    lookAlike: "grant azure_storage_admin to team; grant azure_storage_admin to pgadmin",
    violation: "grant team to ann; grant azure_storage_admin to bob",
    subjects: ["membership/azure_storage_admin/ann", "membership/azure_storage_admin/bob"],
    remediation: [
      { "managing role": "azure_storage_admin", member: "team" },
      { "managing role": "azure_storage_admin", member: "bob" },
    ],
  });

  // pg_cron is not installed here: a table and a function in its shape stand for it.
  testPhases(getServer, extCronJobs, [...ofRoles, cronJobs], {
    baseline: `create role batch; create role ops; create schema cron;
      create table cron.job (jobid bigint, schedule text, command text, database text, username text, active boolean);
      create function cron.unschedule(bigint) returns boolean language plpgsql
        as 'begin delete from cron.job where jobid = $1; return true; end';
      insert into cron.job values (1, '@daily', 'select 1', 'postgres', 'batch', true)`,
    lookAlike: "insert into cron.job values (2, '@daily', 'select 2', 'postgres', 'azuresu', true)",
    violation: `insert into cron.job values (3, '*/5 * * * *', 'select 3', 'postgres', 'pgadmin', false),
      (4, '@daily', 'select 1', 'postgres', 'ops', true); grant azure_pg_admin to ops`,
    subjects: [
      "job/postgres/postgres/pgadmin/*%2F5 * * * */7c29bddad36f4f6d2f2615f1d100c7d9",
      "job/postgres/postgres/ops/@daily/95adb6e77a0884d9e50232cb8c5c969d",
    ],
    remediation: [
      { role: "pgadmin", "hash of the command": "7c29bddad36f4f6d2f2615f1d100c7d9" },
      { role: "ops", "hash of the command": "95adb6e77a0884d9e50232cb8c5c969d" },
    ],
  });

  it("shows why pg_temp must stand last: a temporary table of the caller comes first otherwise", async () => {
    const answers = await getServer().asSuperuser(async (client) => {
      async function answer(path: string): Promise<unknown> {
        await client.query(`alter function app.who() set search_path = ${path}`);
        const { rows } = await client.query<{ who: string }>("select app.who() as who");
        return rows[0]?.who;
      }

      await client.query("begin");
      await client.query(`create schema app; create table app.people (who text); insert into app.people values ('owner');
        create function app.who() returns text language plpgsql security definer
          as 'begin return (select p.who from people p); end';
        create temporary table people (who text); insert into pg_temp.people values ('caller')`);
      const given = { absent: await answer("app"), last: await answer("app, pg_temp") };
      await client.query("rollback");
      return given;
    });

    expect(answers).toEqual({ absent: "caller", last: "owner" });
  });
});

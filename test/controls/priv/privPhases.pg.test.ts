import { acls } from "../../../shared/collect/acls.ts";
import { context } from "../../../shared/collect/context.ts";
import { databases } from "../../../shared/collect/databases.ts";
import { defaultPrivileges } from "../../../shared/collect/defaultPrivileges.ts";
import { definerFunctions } from "../../../shared/collect/definerFunctions.ts";
import { eventTriggers } from "../../../shared/collect/eventTriggers.ts";
import { memberships } from "../../../shared/collect/memberships.ts";
import { roleSettings } from "../../../shared/collect/roleSettings.ts";
import { roles } from "../../../shared/collect/roles.ts";
import { sensitiveColumns } from "../../../shared/collect/sensitiveColumns.ts";
import { settings } from "../../../shared/collect/settings.ts";
import { sharedAcls } from "../../../shared/collect/sharedAcls.ts";
import { privAclDrift } from "../../../shared/controls/priv/privAclDrift.ts";
import { privAppExcess } from "../../../shared/controls/priv/privAppExcess.ts";
import { privDatabaseOwner } from "../../../shared/controls/priv/privDatabaseOwner.ts";
import { privDefaultAcl } from "../../../shared/controls/priv/privDefaultAcl.ts";
import { privEventTriggers } from "../../../shared/controls/priv/privEventTriggers.ts";
import { privFunctionExecute } from "../../../shared/controls/priv/privFunctionExecute.ts";
import { privGrantOption } from "../../../shared/controls/priv/privGrantOption.ts";
import { privLargeObjects } from "../../../shared/controls/priv/privLargeObjects.ts";
import { privParameterAcl } from "../../../shared/controls/priv/privParameterAcl.ts";
import { privPublicAnySchemaCreate } from "../../../shared/controls/priv/privPublicAnySchemaCreate.ts";
import { privPublicConnect } from "../../../shared/controls/priv/privPublicConnect.ts";
import { privPublicRelations } from "../../../shared/controls/priv/privPublicRelations.ts";
import { privPublicSchemaCreate } from "../../../shared/controls/priv/privPublicSchemaCreate.ts";
import { privSearchPathWritable } from "../../../shared/controls/priv/privSearchPathWritable.ts";
import { privSensitiveColumns } from "../../../shared/controls/priv/privSensitiveColumns.ts";
import { policy } from "../../builders.ts";
import { describePostgres } from "../../describePostgres.ts";
import { testPhases } from "../testPhases.ts";

/** A legal name with everything that may break quoting. */
const odd = `o"d/d %'\\ ☃`;
const oddSubject = odd.replace("%", "%25").replace("/", "%2F");
const oddSql = `"${odd.replace('"', '""')}"`;

/** A schema, a table, a view and a sequence of an owner, and two logins. */
const app = `create role app_owner; create role ann login; create role bob login;
  create schema app authorization app_owner;
  grant create on database postgres to app_owner; set local role app_owner;
  create table app.orders (id int, note text); create view app.open_orders as select id from app.orders;
  create sequence app.numbers; reset role`;

const definer = "returns int language sql security definer set search_path = pg_catalog, pg_temp as 'select 1'";

// Oldest and newest: schema public is open to all before 15, and parameters have ACLs from 15 on.
describePostgres([13, 18], (major, getServer) => {
  testPhases(getServer, privPublicSchemaCreate, [acls], {
    baseline: "create role ann login; revoke create on schema public from public",
    lookAlike: "create schema app; grant create on schema app to public; grant create on schema public to ann",
    violation: "grant create on schema public to public",
    subjects: ["schema/postgres/public"],
    remediation: [{}],
  });

  testPhases(getServer, privPublicAnySchemaCreate, [acls], {
    baseline: `${app}; create schema ${oddSql}`,
    lookAlike: `grant usage on schema app to public; grant create on schema app to ann;
      grant create on schema public to public`,
    violation: `grant create on schema app to public; grant all on schema ${oddSql} to public`,
    subjects: ["schema/postgres/app", `schema/postgres/${oddSubject}`],
    remediation: [{ schema: "app" }, { schema: odd }],
  });

  testPhases(getServer, privPublicConnect, [databases, sharedAcls], {
    baseline: "create role ann login; revoke all on database postgres from public",
    lookAlike: "grant all on database postgres to ann; grant connect on database template1 to public",
    violation: "grant temporary on database postgres to public",
    subjects: ["database/postgres"],
    remediation: [{ database: "postgres", "role that uses it": "ann" }],
  });

  testPhases(getServer, privPublicRelations, [acls], {
    baseline: `${app}; create table app.${oddSql} (id int); alter table app.${oddSql} owner to app_owner`,
    // A catalog view that PUBLIC reads by design stands in the evidence as soon as somebody else is granted it.
    lookAlike: `grant all on app.orders to ann; grant usage on schema app to public; grant select on pg_stats to ann;
      create extension pg_stat_statements; create function app.f() returns int language sql as 'select 1'`,
    violation: `grant select on app.${oddSql} to public; grant update (note) on app.orders to public;
      grant usage on sequence app.numbers to public; grant select on app.open_orders to public;
      grant select on pg_catalog.pg_authid to public`,
    subjects: [
      `table/postgres/app/${oddSubject}`,
      "column/postgres/app/orders.note",
      "sequence/postgres/app/numbers",
      "view/postgres/app/open_orders",
      "table/postgres/pg_catalog/pg_authid",
    ],
    remediation: [
      { schema: "app", relation: odd },
      { schema: "app", relation: "orders" },
      { schema: "app", relation: "numbers" },
      { schema: "app", relation: "open_orders" },
      { schema: "pg_catalog", relation: "pg_authid" },
    ],
  });

  testPhases(getServer, privDefaultAcl, [defaultPrivileges, definerFunctions], {
    baseline: `${app}; set local role app_owner; create function app.f() ${definer}; reset role;
      alter default privileges for role app_owner revoke execute on routines from public`,
    lookAlike: `alter default privileges for role app_owner grant select on tables to ann;
      alter default privileges for role ann revoke usage on types from public;
      create function app.g() returns int language sql as 'select 1'; alter function app.g() owner to bob`,
    violation: `alter default privileges for role app_owner grant select on tables to public;
      create function app.h() ${definer}; alter function app.h() owner to ann;
      alter default privileges for role ann in schema app revoke execute on functions from public`,
    subjects: ["defaultPrivilege/postgres/app_owner/table", "defaultPrivilege/postgres/ann/function"],
    remediation: [{ owner: "app_owner" }, { owner: "ann" }],
  });

  testPhases(getServer, privGrantOption, [sharedAcls, acls], {
    policy: policy({ privileges: { approvedGrantOption: ["bob"] } }),
    baseline: app,
    lookAlike: `grant all on app.orders to ann; grant select on app.orders to bob with grant option;
      grant select on app.orders to azure_pg_admin with grant option`,
    violation: `create role ${oddSql}; grant select, update on app.orders to ${oddSql} with grant option;
      grant select (note) on app.orders to ann with grant option`,
    subjects: [`table/postgres/app/orders/${oddSubject}`, "column/postgres/app/orders.note/ann"],
    remediation: [
      { schema: "app", object: "orders", role: odd },
      { schema: "app", object: "orders", role: "ann" },
    ],
  });

  testPhases(getServer, privAppExcess, [memberships, acls], {
    policy: policy({
      privileges: {
        roleProfiles: [
          { role: "ann", profile: "rw" },
          { role: "bob", profile: "ro" },
        ],
      },
    }),
    baseline: `${app}; grant select, insert, update, delete on app.orders to ann; grant usage on app.numbers to ann;
      grant usage on schema app to ann, bob; grant select on app.orders to bob`,
    lookAlike:
      "create role dba; grant all on app.orders to dba; grant bob to dba; grant truncate on app.orders to public",
    violation:
      "create role writers; grant update on app.orders to writers; grant writers to bob; grant all on app.orders to ann",
    subjects: ["table/postgres/app/orders/ann", "table/postgres/app/orders/bob"],
    remediation: [
      { schema: "app", relation: "orders", role: "ann" },
      { schema: "app", relation: "orders", role: "writers" },
    ],
  });

  testPhases(getServer, privFunctionExecute, [definerFunctions], {
    baseline: `${app}; set local role app_owner; create function app.f() ${definer};
      revoke execute on function app.f() from public; reset role`,
    lookAlike:
      "create function app.g() returns int language sql as 'select 1'; grant execute on function app.f() to ann",
    violation: `set local role app_owner; create function app.${oddSql}(int, text) ${definer}; reset role`,
    subjects: [`function/postgres/app/${oddSql.replace("%", "%25").replace("/", "%2F")}(integer, text)`],
    remediation: [{ schema: "app", routine: odd, "role that calls it": "ann" }],
  });

  testPhases(getServer, privAclDrift, [roles, memberships, context, databases, sharedAcls, acls, defaultPrivileges], {
    isDrift: true,
    baseline: `${app}; grant select on app.orders to ann`,
    // The same state by another way, and a table with what tables grant here anyway.
    lookAlike: `revoke select on app.orders from ann; grant select on app.orders to ann;
      alter role ann connection limit 5; create table app.items (id int); alter table app.items owner to app_owner;
      grant select on app.items to ann`,
    violation: "grant insert on app.orders to ann; grant all on database postgres to bob",
    subjects: ["grant/postgres/table/app/ann/r/ar", "database/postgres"],
    remediation: [{ schema: "app", object: "orders", role: "ann" }],
    restore: "grant select on app.orders to ann; revoke all on database postgres from bob",
  });

  testPhases(getServer, privDatabaseOwner, [databases, roles], {
    policy: policy({ privileges: { approvedDatabaseOwners: ["db_owner", "next_owner"] } }),
    baseline: "create role ann login; create role db_owner; alter database postgres owner to db_owner",
    lookAlike: "grant db_owner to ann; grant all on database postgres to ann",
    violation: "alter database postgres owner to ann",
    subjects: ["database/postgres"],
    remediation: [{ database: "postgres", owner: "next_owner" }],
  });

  if (major >= 15)
    testPhases(getServer, privParameterAcl, [sharedAcls, context], {
      policy: policy({ privileges: { approvedParameterGrants: ["log_statement/bob"] } }),
      baseline: app,
      lookAlike: "grant set on parameter log_statement to bob; grant set on parameter log_statement to azure_pg_admin",
      violation: `create role ${oddSql}; grant set, alter system on parameter session_replication_role to ${oddSql}`,
      subjects: [`parameter/session_replication_role/${oddSubject}`],
      remediation: [{ parameter: "session_replication_role", role: odd }],
    });

  testPhases(getServer, privSearchPathWritable, [settings, roleSettings, roles, memberships, acls], {
    baseline: `${app}; revoke create on schema public from public`,
    lookAlike: `create schema open; grant create on schema open to public; alter role ann set search_path = app;
      grant create on schema app to azure_pg_admin; create role gone; alter role gone set search_path = open`,
    violation: `grant create on schema public to ann;
      alter role bob in database postgres set search_path = '$user', app, "open"`,
    subjects: ["database/postgres", "role/postgres/bob"],
    remediation: [
      { schema: "public", "role that creates": "ann" },
      { schema: "open", "role that creates": "ann" },
    ],
  });

  testPhases(getServer, privEventTriggers, [eventTriggers], {
    policy: policy({ privileges: { approvedEventTriggers: ["audit_ddl"] } }),
    baseline: `create role dba superuser; create function public.note() returns event_trigger language plpgsql as 'begin end'`,
    lookAlike: `create event trigger audit_ddl on ddl_command_end execute function public.note();
      alter event trigger audit_ddl owner to dba;
      create event trigger of_platform on ddl_command_end execute function public.note()`,
    violation: `create event trigger ${oddSql} on sql_drop execute function public.note();
      alter event trigger ${oddSql} owner to dba; alter event trigger ${oddSql} disable`,
    subjects: [`eventTrigger/postgres/${oddSubject}`],
    remediation: [{ "event trigger": odd }],
  });

  testPhases(getServer, privLargeObjects, [settings, roleSettings, acls], {
    baseline: `${app}; select lo_create(424242); alter large object 424242 owner to app_owner`,
    lookAlike: `grant select on large object 424242 to ann; select lo_create(424243);
      alter role ann set lo_compat_privileges = off`,
    violation: "grant select on large object 424242 to public; alter database postgres set lo_compat_privileges = on",
    subjects: ["database/postgres", "largeObject/postgres/424242"],
    remediation: [{ database: "postgres", oid: "424242" }],
  });

  testPhases(getServer, privSensitiveColumns, [sensitiveColumns(["^password"]), acls], {
    policy: policy({ privileges: { sensitiveColumns: ["^password"], sensitiveColumnReaders: ["auth_svc"] } }),
    baseline: `${app}; create role auth_svc login; create table app.${oddSql} (id int, "Password hash" text);
      alter table app.${oddSql} owner to app_owner; grant select on app.${oddSql} to auth_svc`,
    lookAlike: `grant select (id) on app.${oddSql} to ann; grant insert on app.${oddSql} to ann;
      grant select on app.orders to ann`,
    violation: `grant select on app.${oddSql} to ann; grant select ("Password hash") on app.${oddSql} to bob`,
    subjects: ["ann", "bob"].map((role) => `column/postgres/app/${oddSubject}.Password hash/${role}`),
    remediation: ["ann", "bob"].map((role) => ({
      ...{ schema: "app", table: odd, role },
      ...{ column: "Password hash", "other column": "id" },
    })),
  });
});

import { describePostgres } from "../../describePostgres.ts";
import { acls } from "../../../shared/collect/acls.ts";
import { context } from "../../../shared/collect/context.ts";
import { memberships } from "../../../shared/collect/memberships.ts";
import { roleSettings } from "../../../shared/collect/roleSettings.ts";
import { roles } from "../../../shared/collect/roles.ts";
import { roleAdminOption } from "../../../shared/controls/role/roleAdminOption.ts";
import { roleAdminOwnsObjects } from "../../../shared/controls/role/roleAdminOwnsObjects.ts";
import { roleAttributeDrift } from "../../../shared/controls/role/roleAttributeDrift.ts";
import { roleAzurePgAdminMembers } from "../../../shared/controls/role/roleAzurePgAdminMembers.ts";
import { roleBypassrls } from "../../../shared/controls/role/roleBypassrls.ts";
import { roleConfigOverride } from "../../../shared/controls/role/roleConfigOverride.ts";
import { roleConnectionLimit } from "../../../shared/controls/role/roleConnectionLimit.ts";
import { roleCreatedb } from "../../../shared/controls/role/roleCreatedb.ts";
import { roleCreaterole } from "../../../shared/controls/role/roleCreaterole.ts";
import { roleEscalationPath } from "../../../shared/controls/role/roleEscalationPath.ts";
import { roleGroupLogin } from "../../../shared/controls/role/roleGroupLogin.ts";
import { roleGuessableName } from "../../../shared/controls/role/roleGuessableName.ts";
import { roleInherit } from "../../../shared/controls/role/roleInherit.ts";
import { roleMembershipDrift } from "../../../shared/controls/role/roleMembershipDrift.ts";
import { roleNewOrDropped } from "../../../shared/controls/role/roleNewOrDropped.ts";
import { roleNoSuperuser } from "../../../shared/controls/role/roleNoSuperuser.ts";
import { roleOwnerIsLogin } from "../../../shared/controls/role/roleOwnerIsLogin.ts";
import { rolePlatformIntact } from "../../../shared/controls/role/rolePlatformIntact.ts";
import { rolePredefinedRisky } from "../../../shared/controls/role/rolePredefinedRisky.ts";
import { roleReplication } from "../../../shared/controls/role/roleReplication.ts";
import { policy } from "../../builders.ts";
import { testPhases } from "../testPhases.ts";

/** A legal name of 63 bytes with everything that may break quoting. */
const odd = `o"d/d %'\\ ☃ ${"x".repeat(49)}`;
const oddSubject = odd.replace("%", "%25").replace("/", "%2F");
const oddSql = `"${odd.replace('"', '""')}"`;

const ofMembership = [roles, memberships, context];

// Oldest and newest: before 16 a membership has no options of its own.
describePostgres([13, 18], (major, getServer) => {
  testPhases(getServer, roleNoSuperuser, [roles], {
    baseline: "create role ann login",
    lookAlike: "create role pgboss login createrole createdb replication bypassrls",
    violation: `create role ${oddSql} superuser`,
    subjects: [`role/${oddSubject}`],
    remediation: [{ role: odd }],
  });

  testPhases(getServer, roleCreaterole, [roles], {
    baseline: "create role ann login",
    // The attribute is not inherited, so a member of a holder has none of its own.
    lookAlike: "create role bob login createdb; grant pgadmin to ann",
    violation: `alter role ann createrole; create role ${oddSql} createrole`,
    subjects: ["role/ann", `role/${oddSubject}`],
    remediation: [{ role: "ann" }, { role: odd }],
  });

  testPhases(getServer, roleCreatedb, [roles], {
    baseline: "create role ann login",
    lookAlike: "create role bob login createrole; grant pgadmin to ann",
    violation: `create role ${oddSql} createdb`,
    subjects: [`role/${oddSubject}`],
    remediation: [{ role: odd }],
  });

  testPhases(getServer, roleReplication, [roles, memberships, acls], {
    policy: policy({ roles: { approvedReplication: ["cdc"] } }),
    baseline: `create role ann login; create role cdc login replication;
      create schema app; create table app.orders (id int); alter table app.orders owner to ann`,
    lookAlike: "grant replication to ann; grant usage on schema app to cdc; grant select on app.orders to public",
    violation: `create role ${oddSql} login replication; alter role pgadmin replication; grant select on app.orders to cdc`,
    subjects: [`role/${oddSubject}`, "role/pgadmin", "role/postgres/cdc"],
    remediation: [
      { role: odd, schema: "app" },
      { role: "pgadmin", schema: "app" },
      { role: "cdc", schema: "app" },
    ],
  });

  testPhases(getServer, roleBypassrls, [roles], {
    baseline: "create role ann login",
    lookAlike: "grant azuresu to ann",
    violation: `create role ${oddSql} bypassrls`,
    subjects: [`role/${oddSubject}`],
    remediation: [{ role: odd }],
  });

  testPhases(getServer, roleAzurePgAdminMembers, ofMembership, {
    baseline: "create role team; create role ann login; grant team to ann",
    lookAlike: `create role gate; grant azure_pg_admin to gate; create role crew nologin; grant gate to crew;
      create role old login valid until '2020-01-01'; grant gate to old`,
    violation: `create role ${oddSql} login noinherit; grant crew to ${oddSql}; grant azure_pg_admin to team`,
    subjects: [`role/${oddSubject}`, "role/ann"],
    remediation: [
      { "granted role": "crew", member: odd },
      { "granted role": "azure_pg_admin", member: "team" },
    ],
  });

  testPhases(getServer, roleEscalationPath, ofMembership, {
    baseline: "create role team; create role ann login; grant team to ann",
    lookAlike: `create role gate; grant azure_pg_admin to gate; grant pg_monitor to ann; grant ann to pgadmin;
      create role old login valid until '2020-01-01'; grant gate to old`,
    violation: `create role ${oddSql} login; grant pgadmin to ${oddSql}; grant azure_pg_admin to team`,
    subjects: ["role/ann", `role/${oddSubject}`],
    remediation: [
      { "granted role": "pgadmin", member: odd },
      { "granted role": "azure_pg_admin", member: "team" },
    ],
  });

  testPhases(getServer, roleMembershipDrift, ofMembership, {
    isDrift: true,
    baseline: `create role team; create role ann login; create role bob login; grant team to ann;
      create role ${oddSql} login`,
    // Roles that came bring their own memberships; and the same edge from another grantor lets nobody do more.
    lookAlike: `alter role bob connection limit 5; alter role ann set work_mem = '8MB';
      set local role pgadmin; create role made; reset role`,
    violation: `grant team to ${oddSql}; revoke team from ann`,
    subjects: [`membership/team/${oddSubject}`, "membership/team/ann"],
    remediation: [{ role: "team", member: odd, grantor: "azuresu" }],
    restore: "grant team to ann",
  });

  testPhases(getServer, roleAttributeDrift, ofMembership, {
    isDrift: true,
    baseline: "create role ann login; create role bob login; create role team",
    lookAlike:
      "grant team to ann; create role cid login createrole; drop role bob; alter role ann set work_mem = '8MB'",
    violation: "alter role ann createdb",
    subjects: ["role/ann"],
    remediation: [{ role: "ann" }],
  });

  testPhases(getServer, roleNewOrDropped, ofMembership, {
    isDrift: true,
    baseline: "create role ann login; create role bob login; create role team",
    lookAlike: "grant team to ann; alter role ann createdb valid until '2020-01-01'",
    violation: `create role ${oddSql} login; create table public.left_behind (id int);
      alter table public.left_behind owner to ${oddSql}; grant team to ${oddSql}`,
    subjects: [`role/${oddSubject}`],
    remediation: [{ role: odd, owner: "team" }],
  });

  testPhases(getServer, rolePlatformIntact, [roles, context], {
    baseline: "create role ann login",
    lookAlike: "create role pgboss login superuser; alter role azure_pg_admin bypassrls",
    violation: "update pg_catalog.pg_authid set rolcanlogin = true, rolinherit = false where rolname = 'pg_monitor'",
    subjects: ["role/pg_monitor"],
    remediation: [{ role: "pg_monitor" }],
  });

  testPhases(getServer, roleAdminOwnsObjects, [...ofMembership, acls], {
    baseline: `create role app_owner; create schema app authorization app_owner;
      create table app.orders (id int); alter table app.orders owner to app_owner`,
    // The platform's superuser is no customer's administrator, and who is a member of an owner owns nothing.
    lookAlike: "grant app_owner to pgadmin; create table app.made_by_platform (id int); create extension pg_trgm",
    violation: `create schema ${oddSql} authorization pgadmin; create table app.items (id int);
      alter table app.items owner to pgadmin`,
    subjects: ["role/postgres/pgadmin"],
    remediation: [{ administrator: "pgadmin", owner: "app_owner" }],
  });

  testPhases(getServer, roleOwnerIsLogin, [roles, acls], {
    policy: policy({ roles: { ownerSplit: true } }),
    baseline: `create role app_owner; create role ann login; create schema app authorization app_owner;
      create table app.orders (id int); alter table app.orders owner to app_owner`,
    lookAlike: "grant app_owner to ann; grant all on app.orders to ann; grant create on schema app to ann",
    violation: "set local role ann; create table app.items (id int); reset role",
    subjects: ["role/postgres/ann"],
    remediation: [{ login: "ann", owner: "app_owner", schema: "app" }],
  });

  testPhases(getServer, roleGroupLogin, [roles, memberships], {
    baseline: "create role team; create role ann login; grant team to ann",
    // From 16 on whoever creates a role is a member of it, with ADMIN alone.
    lookAlike: `create role app login; grant app to pgadmin; create role maker login createrole;
      set local role maker; create role made login; reset role`,
    violation: `create role ${oddSql} login; grant ${oddSql} to ann`,
    subjects: [`role/${oddSubject}`],
    remediation: [{ role: odd, "new login": "cid" }],
  });

  testPhases(getServer, roleInherit, ofMembership, {
    baseline: "create role team; create role ann login; grant team to ann",
    lookAlike: "create role bob login noinherit; grant azure_pg_admin to bob; grant pg_monitor to ann",
    violation: "grant pg_read_server_files to team",
    subjects: ["membership/pg_read_server_files/ann"],
    remediation: [{ "granted role": "pg_read_server_files", member: "team", grantor: "azuresu" }],
  });

  testPhases(getServer, roleConfigOverride, [roleSettings], {
    baseline: "create role ann login; alter role ann set work_mem = '8MB'",
    lookAlike: `alter role ann set row_security = on; alter role ann set search_path = app;
      alter role azuresu set log_statement = 'none'; alter database postgres set log_duration = on`,
    violation: `create role ${oddSql} login; alter role ${oddSql} set log_statement = 'none';
      alter role ann in database postgres set session_replication_role = replica;
      alter database postgres set row_security = off`,
    subjects: [
      `roleSetting/${oddSubject}/*/log_statement`,
      "roleSetting/ann/postgres/session_replication_role",
      "roleSetting/*/postgres/row_security",
    ],
    remediation: [
      { role: odd, database: "postgres", setting: "log_statement" },
      { role: "ann", database: "postgres", setting: "session_replication_role" },
      { role: "ann", database: "postgres", setting: "row_security" },
    ],
  });

  testPhases(getServer, roleAdminOption, ofMembership, {
    baseline: `create role team; create role ann login; create role maker login createrole; create role ${oddSql} login`,
    // A plain member cannot hand the role on; whoever creates a role gets ADMIN on it from 16 on.
    lookAlike: "grant team to ann; set local role maker; create role made; reset role",
    violation: `grant team to ${oddSql} with admin option`,
    subjects: [`membership/team/${oddSubject}/azuresu`],
    remediation: [{ role: "team", member: odd, grantor: "azuresu" }],
  });

  testPhases(getServer, rolePredefinedRisky, [memberships, roles], {
    baseline: "create role ann login; grant pg_monitor to ann",
    lookAlike: "create role pg; create role read_all_data; grant pg_signal_backend to azure_pg_admin; grant pg to ann",
    violation: `create role ${oddSql}; grant pg_read_server_files to ${oddSql}; grant pg_signal_backend to ann`,
    subjects: [`membership/pg_read_server_files/${oddSubject}`, "membership/pg_signal_backend/ann"],
    remediation: [
      { "predefined role": "pg_read_server_files", member: odd, grantor: "azuresu" },
      { "predefined role": "pg_signal_backend", member: "ann", grantor: "azuresu" },
    ],
  });

  testPhases(getServer, roleConnectionLimit, [roles, context], {
    policy: policy({ roles: { unlimitedConnections: ["batch"] } }),
    baseline: "create role ann login connection limit 10",
    lookAlike: `create role team; create role batch login;
      create role old login valid until '2020-01-01'; create role never login connection limit 0`,
    violation: `create role ${oddSql} login valid until 'infinity'`,
    subjects: [`role/${oddSubject}`],
    remediation: [{ role: odd }],
  });

  testPhases(getServer, roleGuessableName, [roles], {
    baseline: "create role orders login",
    lookAlike: 'create role app; create role "test " login; create role app_rw login',
    violation: 'create role "DemoUser" login',
    subjects: ["role/DemoUser"],
    remediation: [{ role: "DemoUser", "new name": odd }],
  });

  if (major >= 16)
    testPhases(getServer, roleAzurePgAdminMembers, ofMembership, {
      baseline: "create role gate; create role ann login; create role bob login; create role cid login",
      // Nothing at all; ADMIN alone; and a SET that is only inherited.
      lookAlike: `grant azure_pg_admin to ann with inherit false, set false;
        grant azure_pg_admin to bob with admin true, inherit false, set false;
        grant azure_pg_admin to gate with inherit false, set true;
        grant gate to cid with inherit true, set false`,
      violation: "grant gate to cid with set true",
      subjects: ["role/cid"],
      remediation: [{ "granted role": "gate", member: "cid" }],
    });
});

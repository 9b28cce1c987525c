import { describePostgres } from "../../describePostgres.ts";
import { context } from "../../../shared/collect/context.ts";
import { memberships } from "../../../shared/collect/memberships.ts";
import { roles } from "../../../shared/collect/roles.ts";
import { roleAdminOption } from "../../../shared/controls/role/roleAdminOption.ts";
import { roleAzurePgAdminMembers } from "../../../shared/controls/role/roleAzurePgAdminMembers.ts";
import { roleBypassrls } from "../../../shared/controls/role/roleBypassrls.ts";
import { roleConnectionLimit } from "../../../shared/controls/role/roleConnectionLimit.ts";
import { roleCreatedb } from "../../../shared/controls/role/roleCreatedb.ts";
import { roleCreaterole } from "../../../shared/controls/role/roleCreaterole.ts";
import { roleGuessableName } from "../../../shared/controls/role/roleGuessableName.ts";
import { roleNoSuperuser } from "../../../shared/controls/role/roleNoSuperuser.ts";
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

  testPhases(getServer, roleReplication, [roles], {
    baseline: "create role ann login",
    lookAlike: "grant replication to ann",
    violation: `create role ${oddSql} login replication; alter role pgadmin replication`,
    subjects: [`role/${oddSubject}`, "role/pgadmin"],
    remediation: [{ role: odd }, { role: "pgadmin" }],
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

import { collected } from "../../../shared/collect/section.ts";
import { roleAdminOption } from "../../../shared/controls/role/roleAdminOption.ts";
import type { Membership } from "../../../shared/model/catalogEvidence.ts";
import { catalogContext, membership, policy, role } from "../../builders.ts";
import { testControl } from "../testControl.ts";
import { entraAdmin, listed, noServer, odd, oddSubject } from "./attributeCases.ts";

const admin = { admin: true };
const creator = { admin: true, inherit: false, set: false };

function server(memberships: readonly Membership[], versionNum = 170010) {
  return {
    memberships: collected(memberships),
    roles: collected([
      role("azuresu", { superuser: true }),
      role("pgadmin", { canLogIn: true }),
      role("ops", { canLogIn: true, entra: entraAdmin }),
      role("ann", { canLogIn: true }),
      role(odd, { canLogIn: true }),
    ]),
    context: collected([catalogContext({ versionNum })]),
  };
}

testControl(roleAdminOption, {
  pass: [
    { name: "plain members", sections: server([membership("team", "ann"), membership("team", odd)]) },
    {
      name: "the administrator, Entra administrators and the platform",
      sections: {
        ...server([
          membership("team", "pgadmin", admin),
          membership("team", "ops", admin),
          membership("team", "db-admins", admin),
          membership("pg_monitor", "azure_pg_admin", admin),
        ]),
        roles: collected([
          role("pgadmin"),
          role("ops", { entra: entraAdmin }),
          role("db-admins"),
          role("azure_pg_admin"),
        ]),
        ...listed,
      },
    },
    { name: "who created a role, from 16 on", sections: server([membership("team", "ann", creator)]) },
    {
      name: "an approved pair, with its names encoded as in subjects",
      policy: policy({ roles: { approvedAdminOption: ["team/ann", `team/${oddSubject}`] } }),
      sections: server([membership("team", "ann", admin), membership("team", odd, admin)]),
    },
  ],
  fail: [
    {
      name: "one member beside innocent ones, and once per grantor",
      sections: server([
        membership("team", "pgadmin", admin),
        membership("team", "ann"),
        membership("team", odd, { ...admin, grantor: "azuresu" }),
        membership("team", odd, { ...admin, grantor: "pgadmin" }),
      ]),
      subjects: [`membership/team/${oddSubject}/azuresu`, `membership/team/${oddSubject}/pgadmin`],
    },
    {
      name: "a pair approved the other way round",
      policy: policy({ roles: { approvedAdminOption: ["ann/team"] } }),
      sections: server([membership("team", "ann", admin)]),
      subjects: ["membership/team/ann/azuresu"],
    },
    {
      name: "the options of a creator from somebody who is no superuser",
      sections: server([membership("team", "ann", { ...creator, grantor: "pgadmin" })]),
      subjects: ["membership/team/ann/pgadmin"],
    },
    {
      name: "the options of a creator before 16",
      sections: server([membership("team", "ann", creator)], 150018),
      subjects: ["membership/team/ann/azuresu"],
    },
    {
      name: "the options of a creator on roles that nobody creates",
      sections: server([membership("azure_pg_admin", "ann", creator), membership("pg_read_all_data", "ann", creator)]),
      subjects: ["membership/azure_pg_admin/ann/azuresu", "membership/pg_read_all_data/ann/azuresu"],
    },
    {
      name: "a creator that has more than a creator gets",
      sections: server([membership("team", "ann", { ...creator, set: true })]),
      subjects: ["membership/team/ann/azuresu"],
    },
    {
      name: "a grantor that no longer exists",
      sections: server([membership("team", "ann", { ...creator, grantor: "oid:16401" })]),
      subjects: ["membership/team/ann/oid:16401"],
    },
  ],
  unknown: [
    {
      name: "a member that may be the administrator login of an unknown server",
      sections: { ...server([membership("team", "pgadmin", admin), membership("team", "ops", admin)]), ...noServer },
      subjects: ["membership/team/pgadmin/azuresu"],
      section: "server",
    },
  ],
});

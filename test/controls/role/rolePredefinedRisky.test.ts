import { collected } from "../../../shared/collect/section.ts";
import { rolePredefinedRisky } from "../../../shared/controls/role/rolePredefinedRisky.ts";
import type { Membership } from "../../../shared/model/catalogEvidence.ts";
import { membership, policy, role } from "../../builders.ts";
import { testControl } from "../testControl.ts";
import { noServer, odd, oddSubject } from "./attributeCases.ts";

const none = { admin: false, inherit: false, set: false };

function server(...memberships: readonly Membership[]) {
  const roles = ["azure_pg_admin", "pgadmin", "pgarchiver", "ann", odd, "team"].map((name) => role(name));
  return { memberships: collected(memberships), roles: collected(roles) };
}

testControl(rolePredefinedRisky, {
  pass: [
    { name: "harmless predefined roles", sections: server(membership("pg_monitor", "ann"), membership("team", "ann")) },
    {
      name: "the platform and the administrator login",
      sections: server(membership("pg_signal_backend", "azure_pg_admin"), membership("pg_read_all_data", "pgadmin")),
    },
    { name: "a membership without any option", sections: server(membership("pg_read_all_data", "ann", none)) },
    {
      name: "an approved pair",
      policy: policy({ roles: { approvedPredefined: [`pg_read_all_data/${oddSubject}`] } }),
      sections: server(membership("pg_read_all_data", odd)),
    },
  ],
  fail: [
    {
      name: "a login, a group and a name like the platform's; one subject for two grantors",
      sections: server(
        membership("pg_read_all_data", "ann", { grantor: "azuresu" }),
        membership("pg_read_all_data", "ann", { grantor: "pgadmin" }),
        membership("pg_write_server_files", "team"),
        membership("pg_execute_server_program", "pgarchiver"),
        membership("pg_maintain", odd),
      ),
      subjects: [
        "membership/pg_read_all_data/ann",
        "membership/pg_write_server_files/team",
        "membership/pg_execute_server_program/pgarchiver",
        `membership/pg_maintain/${oddSubject}`,
      ],
    },
    {
      name: "options that only one of two grantors gave, in either order",
      sections: server(
        membership("pg_read_all_data", "ann", { ...none, grantor: "azuresu" }),
        membership("pg_read_all_data", "ann", { ...none, set: true, grantor: "pgadmin" }),
        membership("pg_write_all_data", "ann", { ...none, admin: true, grantor: "azuresu" }),
        membership("pg_write_all_data", "ann", { ...none, grantor: "pgadmin" }),
      ),
      subjects: ["membership/pg_read_all_data/ann", "membership/pg_write_all_data/ann"],
    },
    {
      name: "another role of an approved member, and a member that the role list lacks",
      policy: policy({ roles: { approvedPredefined: ["pg_read_all_data/ann"] } }),
      sections: server(membership("pg_write_all_data", "ann"), membership("pg_signal_backend", "late")),
      subjects: ["membership/pg_write_all_data/ann", "membership/pg_signal_backend/late"],
    },
  ],
  unknown: [
    {
      name: "a member that may be the administrator login of an unknown server",
      sections: { ...server(membership("pg_read_all_data", "pgadmin")), ...noServer },
      subjects: ["membership/pg_read_all_data/pgadmin"],
      section: "server",
    },
  ],
});

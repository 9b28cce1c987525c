import { collected } from "../../../shared/collect/section.ts";
import { roleInherit } from "../../../shared/controls/role/roleInherit.ts";
import type { Membership } from "../../../shared/model/catalogEvidence.ts";
import { catalogContext, membership, role } from "../../builders.ts";
import { testControl } from "../testControl.ts";
import { entraAdmin, noServer, odd, oddSubject } from "./attributeCases.ts";

const login = { canLogIn: true };
const onlySet = { inherit: false, set: true };

function server(...memberships: readonly Membership[]) {
  const roles = [
    role("azure_pg_admin"),
    role("pg_read_all_data"),
    role("pg_monitor"),
    role("team"),
    role("pgadmin", { ...login, createRole: true }),
    role("ops", { ...login, entra: entraAdmin }),
    role("ann", login),
    role(odd, login),
    role("old", { ...login, validUntil: "2020-01-01T00:00:00Z" }),
  ];
  return {
    roles: collected(roles),
    memberships: collected(memberships),
    context: collected([catalogContext()]),
  };
}

testControl(roleInherit, {
  pass: [
    { name: "no privileged membership", sections: server(membership("team", "ann"), membership("pg_monitor", "ann")) },
    {
      name: "SET ROLE only, at the login or at its group",
      sections: server(
        membership("azure_pg_admin", "ann", onlySet),
        membership("pg_read_all_data", "team"),
        membership("team", odd, onlySet),
      ),
      says: ["only after SET ROLE"],
    },
    {
      name: "administrators as the service makes them, a group, and a login that ended",
      sections: server(
        membership("azure_pg_admin", "pgadmin"),
        membership("azure_pg_admin", "ops"),
        membership("azure_pg_admin", "team"),
        membership("azure_pg_admin", "old"),
      ),
      says: ["it is the server's administrator login"],
    },
    {
      name: "ADMIN OPTION alone, which another control judges",
      sections: server(membership("azure_pg_admin", "ann", { admin: true, inherit: false, set: false })),
    },
  ],
  fail: [
    {
      name: "a direct membership and one over a group",
      sections: server(
        membership("azure_pg_admin", "ann"),
        membership("pg_read_all_data", "team"),
        membership("team", odd, { set: false }),
      ),
      subjects: ["membership/azure_pg_admin/ann", `membership/pg_read_all_data/${oddSubject}`],
      says: [`(${odd} > team > pg_read_all_data)`],
    },
    {
      name: "logins that cannot be the administrator of an unknown server",
      sections: {
        ...server(membership("azure_pg_admin", "ann"), membership("pg_read_all_data", "pgadmin")),
        ...noServer,
      },
      subjects: ["membership/azure_pg_admin/ann", "membership/pg_read_all_data/pgadmin"],
    },
    {
      name: "one of two grants inherits",
      sections: server(
        membership("azure_pg_admin", "ann", onlySet),
        membership("azure_pg_admin", "ann", { grantor: "pgadmin" }),
      ),
      subjects: ["membership/azure_pg_admin/ann"],
    },
  ],
  unknown: [
    {
      name: "a login that may be the administrator of an unknown server",
      sections: {
        ...server(membership("azure_pg_admin", "pgadmin"), membership("azure_pg_admin", "ops")),
        ...noServer,
      },
      subjects: ["membership/azure_pg_admin/pgadmin"],
      section: "server",
    },
  ],
});

import { collected } from "../../../shared/collect/section.ts";
import { roleGroupLogin } from "../../../shared/controls/role/roleGroupLogin.ts";
import type { Membership } from "../../../shared/model/catalogEvidence.ts";
import { membership, role } from "../../builders.ts";
import { testControl } from "../testControl.ts";
import { entraAdmin, noServer, odd, oddSubject } from "./attributeCases.ts";

const login = { canLogIn: true };

function server(...memberships: readonly Membership[]) {
  const roles = [
    role("replication", login),
    role("pgadmin", { ...login, createRole: true }),
    role("ops", { ...login, entra: entraAdmin }),
    role("ann", login),
    role("app", login),
    role(odd, login),
    role("team"),
  ];
  return { roles: collected(roles), memberships: collected(memberships) };
}

testControl(roleGroupLogin, {
  pass: [
    { name: "a group that cannot log in", sections: server(membership("team", "ann")), says: ["has 1 member and"] },
    { name: "no membership at all", sections: server() },
    {
      name: "roles of the platform",
      sections: server(membership("replication", "ann"), membership("pg_monitor", "ann")),
    },
    {
      name: "administrators that make objects for a login",
      sections: server(membership("app", "pgadmin"), membership("app", "ops")),
    },
    {
      name: "whoever created the role, from 16 on",
      sections: server(membership("app", "ann", { admin: true, inherit: false, set: false })),
    },
  ],
  fail: [
    {
      name: "logins that others are, by inheritance or by SET ROLE",
      sections: server(
        membership("app", "ann"),
        membership("app", "ann", { grantor: "pgadmin" }),
        membership("app", "team", { inherit: false }),
        membership(odd, "ann", { set: false }),
        membership("team", "app"),
      ),
      subjects: ["role/app", `role/${oddSubject}`],
      says: ["Role app has 2 members, among them ann"],
    },
    {
      name: "a member that cannot be the administrator of an unknown server",
      sections: { ...server(membership("app", "pgadmin"), membership("app", "ann")), ...noServer },
      subjects: ["role/app"],
      says: ["Role app has 2 members, among them ann"],
    },
    {
      name: "a member that is gone from the roles",
      sections: server(membership("app", "oid:16401")),
      subjects: ["role/app"],
    },
  ],
  unknown: [
    {
      name: "a member that may be the administrator login of an unknown server",
      sections: {
        ...server(membership("azure_pg_admin", "pgadmin"), membership("app", "pgadmin"), membership("team", "ann")),
        ...noServer,
      },
      subjects: ["role/app"],
      section: "server",
    },
  ],
});

import { collected } from "../../../shared/collect/section.ts";
import { roleConnectionLimit } from "../../../shared/controls/role/roleConnectionLimit.ts";
import type { Role } from "../../../shared/model/catalogEvidence.ts";
import { catalogContext, policy, role, takenAt } from "../../builders.ts";
import { testControl } from "../testControl.ts";
import { entraAdmin, noServer, odd, oddSubject } from "./attributeCases.ts";

function login(name: string, connectionLimit: number | null, override: Partial<Role> = {}): Role {
  return role(name, { canLogIn: true, connectionLimit, ...override });
}

function server(maxConnections: number, ...roles: readonly Role[]) {
  return { roles: collected(roles), context: collected([catalogContext({ maxConnections })]) };
}

testControl(roleConnectionLimit, {
  pass: [
    { name: "limits that add up to exactly what is free", sections: server(100, login("a", 80), login("b", 5)) },
    {
      name: "no limit for the administrator, Entra administrators, the platform, groups and logins that ended",
      sections: server(
        50,
        login("pgadmin", null),
        login("ops", null, { entra: entraAdmin }),
        login("azuresu", null),
        login("replication", 500),
        role("team"),
        login("old", null, { validUntil: takenAt }),
        login("older", 500, { validUntil: "2020-01-01T00:00:00Z" }),
      ),
    },
    {
      name: "no limit for an approved login",
      policy: policy({ roles: { unlimitedConnections: [odd] } }),
      sections: server(50, login(odd, null)),
    },
    { name: "a limit of none", sections: server(15, login("closed", 0)) },
  ],
  fail: [
    {
      name: "no limit, beside one",
      sections: server(100, login("a", 10), login(odd, null)),
      subjects: [`role/${oddSubject}`],
    },
    { name: "limits one too many in sum", sections: server(100, login("a", 80), login("b", 6)), subjects: ["server"] },
  ],
  unknown: [
    {
      name: "a login that may be the administrator of an unknown server",
      sections: { ...server(100, login("pgadmin", null), login("a", 10)), ...noServer },
      subjects: ["role/pgadmin"],
      section: "server",
    },
  ],
});

import { collected } from "../../../shared/collect/section.ts";
import { rotAlternatePair } from "../../../shared/controls/rot/rotAlternatePair.ts";
import type { Membership, Role, RoleSetting } from "../../../shared/model/catalogEvidence.ts";
import { aclGroup, catalogContext, databaseFacts, managedCredential, membership, role } from "../../builders.ts";
import { testControl } from "../testControl.ts";
import { given } from "./credentialCases.ts";

const pair = managedCredential({
  name: "pair",
  strategy: "alternating",
  roles: ["app_a", "app_b"],
  owner: "app_owner",
  database: "app",
});

function login(name: string, override: Partial<Role> = {}): Role {
  return role(name, { canLogIn: true, connectionLimit: 20, ...override });
}

const owner = role("app_owner");

function acts(name: string, value = "app_owner"): RoleSetting {
  return { role: name, database: null, name: "role", value };
}

interface Server {
  readonly roles?: readonly Role[];
  readonly memberships?: readonly Membership[];
  readonly roleSettings?: readonly RoleSetting[];
}

const same = [membership("app_owner", "app_a"), membership("app_owner", "app_b")];

function server({
  roles = [login("app_a"), login("app_b")],
  memberships = same,
  roleSettings = [acts("app_a"), acts("app_b")],
}: Server) {
  return {
    ...given(pair),
    context: collected([catalogContext()]),
    databases: collected([databaseFacts("app")]),
    roles: collected([...roles, owner]),
    memberships: collected(memberships),
    roleSettings: collected(roleSettings),
  };
}

const owned = { acls: collected([aclGroup()]) };
const subjects = ["credential/app/pair"];

testControl(rotAlternatePair, {
  pass: [
    { name: "the same of everything, and objects of the owner", sections: server({}), database: owned },
    {
      name: "one that is parked, with another end of its password and a name in quotes",
      sections: server({
        roles: [login("app_a"), login("app_b", { canLogIn: false, validUntil: "2026-01-01T00:00:00Z" })],
        roleSettings: [acts("app_a", '"app_owner"'), acts("app_b", '"app_owner"')],
      }),
      database: owned,
    },
    {
      name: "options that two grantors give together",
      sections: server({
        memberships: [
          membership("app_owner", "app_a", { inherit: false }),
          membership("app_owner", "app_a", { grantor: "pgadmin", set: false }),
          membership("app_owner", "app_b"),
        ],
      }),
      database: owned,
    },
    {
      name: "differences of a pair that works in another database, where they are told",
      sections: {
        ...server({ memberships: [], roles: [login("app_a"), login("app_b", { createDb: true })] }),
        databases: collected([databaseFacts("app"), databaseFacts("shop")]),
        ...given({ ...pair, database: "shop" }),
      },
      database: owned,
    },
  ],
  fail: [
    {
      name: "a role that is gone",
      sections: server({ roles: [login("app_a")] }),
      database: owned,
      subjects,
      says: ["there is no role app_b"],
    },
    {
      name: "another attribute, limit, membership and setting",
      sections: server({
        roles: [login("app_a"), login("app_b", { bypassRls: true, connectionLimit: null })],
        memberships: [...same, membership("reporting", "app_b")],
        roleSettings: [
          acts("app_a"),
          acts("app_b"),
          { role: "app_b", database: "app", name: "work_mem", value: "1GB" },
        ],
      }),
      database: owned,
      subjects,
      says: ["attributes", "connection limit", "memberships", "settings", "app: work_mem=1GB"],
    },
    {
      name: "the same membership with other options",
      sections: server({
        memberships: [membership("app_owner", "app_a"), membership("app_owner", "app_b", { set: false })],
      }),
      database: owned,
      subjects,
    },
    {
      name: "both without the owner that they are to act as",
      sections: server({ roleSettings: [] }),
      database: owned,
      subjects,
      says: ["app_a does not act as app_owner", "app_b does not act as app_owner"],
    },
    {
      name: "objects that one of them owns, in a database where it does not even work",
      sections: { ...server({}), ...given({ ...pair, database: "shop" }) },
      database: { acls: collected([aclGroup({ owner: "app_b" })]) },
      subjects,
      says: ["app_b owns table app.orders"],
    },
  ],
  notApplicable: [
    {
      name: "no credential alternates",
      sections: { ...server({}), ...given(managedCredential()) },
      database: owned,
    },
  ],
});

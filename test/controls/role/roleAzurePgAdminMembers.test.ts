import { describe, expect, it } from "@jest/globals";
import { collected } from "../../../shared/collect/section.ts";
import { roleAzurePgAdminMembers } from "../../../shared/controls/role/roleAzurePgAdminMembers.ts";
import { evaluatePosture } from "../../../shared/evaluate/evaluatePosture.ts";
import type { Membership, Role } from "../../../shared/model/catalogEvidence.ts";
import { catalogContext, membership, policy, posture, role, takenAt } from "../../builders.ts";
import { testControl } from "../testControl.ts";
import { entraAdmin, listed, noServer, odd, oddSubject } from "./attributeCases.ts";

const setOnly = { admin: false, inherit: false, set: true };
const adminOnly = { admin: true, inherit: false, set: false };

function login(name: string, override: Partial<Role> = {}): Role {
  return role(name, { canLogIn: true, ...override });
}

function server(logins: readonly Role[], memberships: readonly Membership[], versionNum = 170010) {
  const platform = [role("azuresu", { canLogIn: true, superuser: true }), role("azure_pg_admin"), login("pgadmin")];
  return {
    roles: collected([...platform, ...logins]),
    memberships: collected([membership("azure_pg_admin", "pgadmin"), ...memberships]),
    context: collected([catalogContext({ versionNum })]),
  };
}

const ann = login("ann");

testControl(roleAzurePgAdminMembers, {
  pass: [
    { name: "the administrator login alone", sections: server([ann], []) },
    {
      name: "approved, Entra by label, and Entra by ARM, up to a limit of four",
      policy: policy({ roles: { approvedAdministrators: ["ann"], maxAdministrators: 4 } }),
      sections: {
        ...server(
          [ann, login("ops", { entra: entraAdmin }), login("db-admins")],
          ["ann", "ops", "db-admins"].map((name) => membership("azure_pg_admin", name)),
        ),
        ...listed,
      },
    },
    {
      name: "a group without logins, a membership without options, one that cannot be used, a platform role",
      sections: server(
        [role("team"), ann, login("bob", { inherit: false })],
        [
          membership("azure_pg_admin", "team"),
          membership("azure_pg_admin", "ann", { admin: false, inherit: false, set: false }),
          membership("team", "azuresu"),
        ],
      ),
    },
    {
      name: "ADMIN OPTION alone, which role-admin-option judges",
      sections: server([ann], [membership("azure_pg_admin", "ann", adminOnly)]),
    },
    {
      name: "CREATEROLE before 16, which role-createrole judges",
      sections: server([login("ann", { createRole: true })], [], 150018),
    },
    {
      name: "a login whose password has run out",
      sections: server([login("ann", { validUntil: takenAt })], [membership("azure_pg_admin", "ann")]),
    },
  ],
  fail: [
    {
      name: "a direct member",
      sections: server([ann], [membership("azure_pg_admin", "ann")]),
      subjects: ["role/ann"],
    },
    {
      name: "members through a group, by SET then INHERIT; not those who only inherit a SET",
      sections: server(
        [role("team"), role("gate"), login(odd), ann],
        [
          membership("azure_pg_admin", "team"),
          membership("team", odd, setOnly),
          membership("azure_pg_admin", "gate", setOnly),
          membership("gate", "ann", { admin: false, inherit: true, set: false }),
        ],
      ),
      subjects: [`role/${oddSubject}`],
    },
    {
      name: "a member of an approved login",
      policy: policy({ roles: { approvedAdministrators: ["ann"] } }),
      sections: server([ann, login("bob")], [membership("azure_pg_admin", "ann"), membership("ann", "bob")]),
      subjects: ["role/bob"],
    },
    {
      name: "a login that ends one second later, one that never ends, and one with tokens",
      policy: policy({ roles: { maxAdministrators: 9 } }),
      sections: server(
        [
          login("ann", { validUntil: "2026-11-22T06:00:01Z" }),
          login("bob", { validUntil: "infinity" }),
          login("svc", { validUntil: "2020-01-01T00:00:00Z", entra: { ...entraAdmin, admin: false } }),
        ],
        ["ann", "bob", "svc"].map((name) => membership("azure_pg_admin", name)),
      ),
      subjects: ["role/ann", "role/bob", "role/svc"],
    },
    {
      name: "more approved members than the limit, those that ended left out",
      policy: policy({ roles: { approvedAdministrators: ["ann", "bob", "old"], maxAdministrators: 2 } }),
      sections: server(
        [ann, login("bob"), login("old", { validUntil: "2020-01-01T00:00:00Z" })],
        ["ann", "bob", "old"].map((name) => membership("azure_pg_admin", name)),
      ),
      subjects: ["role/azure_pg_admin"],
    },
  ],
  unknown: [
    {
      name: "a member that may be the administrator login of an unknown server",
      sections: { ...server([], []), ...noServer },
      subjects: ["role/pgadmin"],
      section: "server",
    },
  ],
  notApplicable: [
    {
      name: "a PostgreSQL that is not Azure's",
      sections: { ...server([], []), roles: collected([ann]), memberships: collected([]) },
    },
  ],
});

describe("role-azure-pg-admin-members", () => {
  it("shows the way that the role has", () => {
    const sections = server(
      [role("team"), ann],
      [membership("azure_pg_admin", "team"), membership("team", "ann", setOnly)],
    );

    const findings = evaluatePosture(posture(sections), [roleAzurePgAdminMembers], policy(), { firewallRules: {} });

    expect(findings.find(({ subject }) => subject === "role/ann")?.message).toBe(
      "Role ann reaches azure_pg_admin by SET ROLE (ann > team > azure_pg_admin), and no approval names it.",
    );
  });

  it("counts the administrator login too", () => {
    const many = server(
      [ann, login("bob"), login("cid")],
      [...["ann", "bob", "cid"].map((name) => membership("azure_pg_admin", name))],
    );
    const approved = policy({ roles: { approvedAdministrators: ["ann", "bob", "cid"] } });

    const findings = evaluatePosture(posture(many), [roleAzurePgAdminMembers], approved, { firewallRules: {} });

    expect(findings.filter(({ outcome }) => outcome === "fail").map(({ message }) => message)).toEqual([
      "4 login roles reach azure_pg_admin; the limit is 3.",
    ]);
  });
});

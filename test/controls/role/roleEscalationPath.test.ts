import { collected } from "../../../shared/collect/section.ts";
import { roleEscalationPath } from "../../../shared/controls/role/roleEscalationPath.ts";
import type { Membership, Role } from "../../../shared/model/catalogEvidence.ts";
import { catalogContext, membership, policy, role } from "../../builders.ts";
import { testControl } from "../testControl.ts";
import { entraAdmin, listed, noServer, odd, oddSubject } from "./attributeCases.ts";

const login = { canLogIn: true };
const onlySet = { inherit: false, set: true };
const onlyInherit = { inherit: true, set: false };
const onlyAdmin = { admin: true, inherit: false, set: false };

/** The administrator is as the service makes it; the others are what a case gives. */
function server(memberships: readonly Membership[], roles: readonly Role[] = [], versionNum = 170010) {
  return {
    context: collected([catalogContext({ versionNum })]),
    memberships: collected([membership("azure_pg_admin", "pgadmin"), ...memberships]),
    roles: collected([
      role("azuresu", { ...login, superuser: true, createRole: true, replication: true, bypassRls: true }),
      role("azure_pg_admin"),
      role("replication", { ...login, replication: true }),
      role("pgadmin", { ...login, createRole: true, createDb: true, bypassRls: true }),
      role("team"),
      role("crew"),
      role("ann", login),
      role("bob", login),
      ...roles,
    ]),
  };
}

testControl(roleEscalationPath, {
  pass: [
    {
      name: "groups without power, predefined roles that only watch, and no login but the platform's",
      sections: server([membership("team", "ann"), membership("pg_monitor", "team"), membership("crew", "bob")]),
      says: ["reaches nothing"],
    },
    {
      name: "administrators by birth, by Entra and by approval",
      policy: policy({ roles: { approvedAdministrators: ["dba"] } }),
      sections: {
        ...server(
          [membership("azure_pg_admin", "dba"), membership("azure_pg_admin", "db-admins")],
          [
            role("dba", login),
            role("db-admins", { ...login, createRole: true }),
            role("ops", { ...login, entra: entraAdmin, createRole: true }),
          ],
        ),
        ...listed,
      },
    },
    {
      name: "an attribute of its own that the policy approves",
      policy: policy({
        roles: { approvedCreateRole: ["deploy"], approvedBypassRls: ["etl"], approvedReplication: ["cdc"] },
      }),
      sections: server(
        [],
        [
          role("deploy", { ...login, createRole: true }),
          role("etl", { ...login, bypassRls: true }),
          role("cdc", { ...login, replication: true }),
        ],
        170010,
      ),
    },
    {
      name: "a holder of an attribute that is only inherited from, and a SET behind an INHERIT",
      sections: server(
        [
          membership("boss", "ann", onlyInherit),
          membership("azure_pg_admin", "team", onlySet),
          membership("team", "bob", onlyInherit),
        ],
        [role("boss", { createRole: true })],
      ),
    },
    {
      name: "a login that ended, and a group that nobody logs in as",
      sections: server(
        [membership("azure_pg_admin", "old"), membership("azure_pg_admin", "team")],
        [role("old", { ...login, validUntil: "2020-01-01T00:00:00Z" })],
      ),
    },
    {
      name: "a login that is no application's, where applications are declared",
      policy: policy({ roles: { applicationRoles: ["ann"] } }),
      sections: server([membership("azure_pg_admin", "bob")]),
    },
    {
      name: "a plain PostgreSQL without azure_pg_admin, whose superuser another control judges",
      sections: {
        ...server([]),
        roles: collected([role("ann", login), role("postgres", { ...login, superuser: true })]),
      },
    },
  ],
  fail: [
    {
      name: "azure_pg_admin over a group, by SET ROLE, by ADMIN OPTION, and CREATEROLE over its holder",
      sections: server(
        [
          membership("azure_pg_admin", "team"),
          membership("team", "ann"),
          membership("azure_pg_admin", "crew", onlyInherit),
          membership("crew", "bob", onlySet),
          membership("azure_pg_admin", "cid", onlyAdmin),
          membership("pgadmin", odd, onlySet),
        ],
        [role("cid", login), role(odd, login)],
      ),
      subjects: ["role/ann", "role/bob", "role/cid", `role/${oddSubject}`],
      says: [
        "Role ann reaches azure_pg_admin by inheritance (ann > team > azure_pg_admin)",
        "Role bob reaches azure_pg_admin by SET ROLE (bob > crew > azure_pg_admin)",
        "Role cid reaches azure_pg_admin by granting itself a role (cid > azure_pg_admin)",
        `CREATEROLE by SET ROLE (${odd} > pgadmin)`,
      ],
    },
    {
      name: "the superuser of the platform, and an attribute that nobody approved",
      sections: server([membership("azuresu", "ann", onlySet)], [role("bob2", { ...login, createRole: true })]),
      subjects: ["role/ann", "role/bob2"],
      says: ["SUPERUSER by SET ROLE (ann > azuresu)", "CREATEROLE by its own attribute"],
    },
    {
      name: "an approved holder that somebody else can become",
      policy: policy({ roles: { approvedBypassRls: ["etl"] } }),
      sections: server([membership("etl", "ann", onlySet)], [role("etl", { ...login, bypassRls: true })]),
      subjects: ["role/ann"],
      says: ["BYPASSRLS by SET ROLE (ann > etl)"],
    },
    {
      name: "a declared application, although the policy approves it for another attribute",
      policy: policy({ roles: { applicationRoles: ["ann"], approvedCreateRole: ["ann"] } }),
      sections: server([membership("replication", "ann")]),
      subjects: ["role/ann"],
      says: ["REPLICATION by SET ROLE"],
    },
    {
      name: "a login that cannot be the administrator of an unknown server",
      sections: {
        ...server([membership("azure_pg_admin", "ann")]),
        roles: collected([role("azure_pg_admin"), role("ann", login)]),
        ...noServer,
      },
      subjects: ["role/ann"],
    },
    {
      name: "any role over CREATEROLE before 16",
      sections: server([membership("maker", "ann")], [role("maker", { createRole: true })], 150018),
      subjects: ["role/ann"],
      says: ["azure_pg_admin by granting itself a role"],
    },
  ],
  unknown: [
    {
      name: "a login that may be the administrator of an unknown server",
      sections: { ...server([]), ...noServer },
      subjects: ["role/pgadmin"],
      section: "server",
    },
  ],
});

import { collected, unavailable } from "../../../shared/collect/section.ts";
import { rlsAppCanBypass } from "../../../shared/controls/rls/rlsAppCanBypass.ts";
import type { Role } from "../../../shared/model/catalogEvidence.ts";
import {
  aclGroup,
  catalogContext,
  databaseFacts,
  grant,
  membership,
  policy,
  protectedTable,
  role,
} from "../../builders.ts";
import { odd, oddSubject } from "../role/attributeCases.ts";
import { testControl } from "../testControl.ts";
import { logins } from "./loginCases.ts";

const database = { protectedTables: collected([protectedTable()]) };
const unforced = { protectedTables: collected([protectedTable({ forced: false })]) };

function withRoles(roles: readonly Role[], memberships: Parameters<typeof logins>[0] = []) {
  const known = logins(memberships);
  return { ...known, roles: collected([...known.roles.items, ...roles]) };
}

testControl(rlsAppCanBypass, {
  pass: [
    { name: "applications that are bound", sections: logins([membership("readers", "app_rw")]), database },
    {
      name: "a holder of BYPASSRLS that only passes the attribute to members who may not become it",
      sections: withRoles(
        [role("free", { bypassRls: true })],
        [
          membership("free", "app_rw", { set: false }),
          membership("app_owner", "batch", { admin: true, inherit: false, set: false }),
        ],
      ),
      database: unforced,
    },
    {
      name: "the platform, administrators by birth and by approval",
      policy: policy({ roles: { approvedAdministrators: ["batch"] } }),
      sections: logins([membership("azure_pg_admin", "batch")]),
      database: unforced,
    },
    {
      name: "a login that may not connect",
      sections: {
        ...logins([membership("azure_pg_admin", "app_rw")]),
        sharedAcls: collected([
          aclGroup({ kind: "database", schema: null, objects: ["app"], grants: [grant("batch", "c")] }),
        ]),
        databases: collected([databaseFacts("app")]),
        memberships: collected([]),
      },
      database,
    },
  ],
  fail: [
    {
      name: "BYPASSRLS of its own, beside an innocent login",
      sections: withRoles([role(odd, { canLogIn: true, bypassRls: true })]),
      database,
      subjects: [`role/app/${oddSubject}`],
      says: ["table app.accounts as BYPASSRLS"],
    },
    {
      name: "BYPASSRLS by SET ROLE",
      sections: withRoles([role("free", { bypassRls: true })], [membership("free", "app_rw", { inherit: false })]),
      database,
      subjects: ["role/app/app_rw"],
      says: ["BYPASSRLS by SET ROLE (app_rw > free)"],
    },
    {
      name: "membership of the owner without FORCE, on several tables",
      sections: logins([membership("readers", "app_rw"), membership("app_owner", "readers")]),
      database: {
        protectedTables: collected([
          protectedTable({ forced: false }),
          protectedTable({ table: "b", forced: false }),
          protectedTable({ table: "c" }),
        ]),
      },
      subjects: ["role/app/app_rw"],
      says: ["2 tables, such as app.accounts, as the owner without FORCE (app_rw > readers > app_owner)"],
    },
    {
      name: "azure_pg_admin, FORCE or not",
      sections: logins([membership("azure_pg_admin", "app_rw")]),
      database,
      subjects: ["role/app/app_rw"],
      says: ["as azure_pg_admin"],
    },
    {
      name: "a listed application, although it is the administrator",
      policy: policy({ roles: { applicationRoles: ["pgadmin"] } }),
      sections: { ...logins(), server: unavailable("denied", "no right") },
      database,
      subjects: ["role/app/pgadmin"],
    },
    {
      name: "more ways than a message names",
      sections: logins(["o1", "o2", "o3", "o4"].map((owner) => membership(owner, "app_rw"))),
      database: {
        protectedTables: collected(
          ["o1", "o2", "o3", "o4"].map((owner) => protectedTable({ owner, table: `of_${owner}`, forced: false })),
        ),
      },
      subjects: ["role/app/app_rw"],
      says: ["and 1 more ways"],
    },
  ],
  notApplicable: [
    {
      name: "no row security in use",
      sections: logins([membership("azure_pg_admin", "app_rw")]),
      database: { protectedTables: collected([protectedTable({ enabled: false })]) },
    },
  ],
  unknown: [
    {
      name: "a login that may be the administrator of an unknown server",
      sections: { ...logins(), context: collected([catalogContext()]), server: unavailable("denied", "no right") },
      database,
      subjects: ["role/app/pgadmin"],
      section: "server",
    },
  ],
});

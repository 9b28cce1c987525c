import { collected, unavailable } from "../../../shared/collect/section.ts";
import { rlsForce } from "../../../shared/controls/rls/rlsForce.ts";
import { membership, policy, protectedTable, role } from "../../builders.ts";
import { odd, oddSubject } from "../role/attributeCases.ts";
import { testControl } from "../testControl.ts";
import { logins } from "./loginCases.ts";

const free = protectedTable({ forced: false });
const database = { protectedTables: collected([free]) };

testControl(rlsForce, {
  pass: [
    { name: "an owner whom nobody can act as", sections: logins(), database },
    {
      name: "FORCE, whoever the owner is",
      sections: logins(),
      database: { protectedTables: collected([protectedTable({ owner: "app_rw" })]) },
    },
    { name: "no table", sections: logins(), database: { protectedTables: collected([]) } },
    {
      name: "row security off",
      sections: logins(),
      database: { protectedTables: collected([protectedTable({ enabled: false, forced: false, owner: "app_rw" })]) },
    },
    {
      name: "a superuser of the platform as owner, whom FORCE would not bind",
      sections: logins(),
      database: { protectedTables: collected([protectedTable({ forced: false, owner: "azuresu" })]) },
    },
    {
      name: "members that are no applications, and one with nothing but ADMIN OPTION",
      sections: logins([
        membership("app_owner", "pgadmin"),
        membership("app_owner", "old"),
        membership("app_owner", "app_rw", { admin: true, inherit: false, set: false }),
      ]),
      database,
    },
    {
      name: "a member that is on no list of applications",
      policy: policy({ roles: { applicationRoles: ["batch"] } }),
      sections: logins([membership("app_owner", "app_rw")]),
      database,
    },
  ],
  fail: [
    {
      name: "an application in the group of the owner, beside innocent tables",
      sections: logins([membership("readers", "app_rw"), membership("app_owner", "readers", { inherit: false })]),
      database: {
        protectedTables: collected([
          { ...free, table: odd },
          protectedTable(),
          protectedTable({ table: "other", owner: "readers2", forced: false }),
        ]),
      },
      subjects: [`table/app/app/${oddSubject}`],
      says: ["app_rw"],
    },
    {
      name: "an owner that logs in, even one that is no application",
      sections: logins(),
      database: {
        protectedTables: collected([
          { ...free, owner: "app_rw" },
          { ...free, table: "b", owner: "pgadmin" },
        ]),
      },
      subjects: ["table/app/app/accounts", "table/app/app/b"],
    },
    {
      name: "more logins than a message names",
      sections: {
        ...logins(),
        roles: collected(["a", "b", "c", "d", "e", "f", "g"].map((name) => role(name, { canLogIn: true }))),
        memberships: collected(["a", "b", "c", "d", "e", "f", "g"].map((name) => membership("app_owner", name))),
      },
      database,
      subjects: ["table/app/app/accounts"],
      says: ["a, b, c, d, e and 2 more"],
    },
  ],
  unknown: [
    {
      name: "a member that may be the administrator login of an unknown server",
      sections: { ...logins([membership("app_owner", "pgadmin")]), server: unavailable("denied", "no right") },
      database,
      subjects: ["table/app/app/accounts"],
      section: "server",
    },
  ],
});

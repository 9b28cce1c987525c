import { collected } from "../../../shared/collect/section.ts";
import { roleOwnerIsLogin } from "../../../shared/controls/role/roleOwnerIsLogin.ts";
import type { AclGroup } from "../../../shared/model/databaseEvidence.ts";
import { aclGroup, policy, role } from "../../builders.ts";
import { testControl } from "../testControl.ts";
import { odd, oddSubject } from "./attributeCases.ts";

const split = policy({ roles: { ownerSplit: true } });
const sections = {
  roles: collected([
    role("azuresu", { canLogIn: true }),
    role("replication", { canLogIn: true }),
    role("app_owner"),
    role("ann", { canLogIn: true }),
    role(odd, { canLogIn: true }),
  ]),
};

function objects(...groups: readonly Partial<AclGroup>[]) {
  return { acls: collected(groups.map((group) => aclGroup(group))) };
}

testControl(roleOwnerIsLogin, {
  pass: [
    { name: "an owner without LOGIN", policy: split, sections, database: objects({}), says: ["cannot log in"] },
    {
      name: "logins with grants, and platform roles that log in",
      policy: split,
      sections,
      database: objects(
        { grants: [{ grantee: "ann", privileges: "arw", grantors: ["app_owner"] }] },
        { kind: "schema", schema: null, owner: "replication", objects: ["slots"] },
        { owner: "azuresu" },
      ),
    },
    { name: "nothing of an application", policy: split, sections, database: objects() },
  ],
  fail: [
    {
      name: "logins that own a table, and a schema with a view",
      policy: split,
      sections,
      database: objects(
        {},
        { owner: "ann" },
        { owner: odd, kind: "schema", schema: null, objects: ["sales"] },
        { owner: odd, kind: "view", schema: "sales" },
      ),
      subjects: ["role/app/ann", `role/app/${oddSubject}`],
      says: ["2 objects (schema sales, view sales.orders)"],
    },
  ],
  notApplicable: [{ name: "the policy does not ask for a split", sections, database: objects({ owner: "ann" }) }],
});

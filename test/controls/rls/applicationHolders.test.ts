import { describe, expect, it } from "@jest/globals";
import { objectReach } from "../../../shared/access/objectReach.ts";
import { applicationHolders } from "../../../shared/controls/rls/applicationHolders.ts";
import { applicationLogins, loginsOf } from "../../../shared/controls/rls/applicationLogins.ts";
import { grantAccess } from "../../../shared/controls/rls/databaseAccess.ts";
import type { AclGroup } from "../../../shared/model/databaseEvidence.ts";
import { aclGroup, catalogContext, databaseFacts, grant, membership, policy, role, takenAt } from "../../builders.ts";

const evidence = {
  roles: ["app_rw", "batch", "far"]
    .map((name) => role(name, { canLogIn: true }))
    .concat(["readers", "app_owner", "pg_database_owner", "pg_read_all_data"].map((name) => role(name))),
  memberships: [
    membership("readers", "app_rw", { inherit: false }),
    membership("readers", "batch", { admin: true, inherit: false, set: false }),
    membership("pg_read_all_data", "far"),
  ],
  context: [catalogContext()],
  server: [],
  entraAdministrators: null,
};
const logins = applicationLogins(evidence, policy(), takenAt);

const usage = aclGroup({ kind: "schema", schema: null, objects: ["app"], grants: [grant(null, "U")] });

function holders(acls: readonly AclGroup[], sharedAcls: readonly AclGroup[] | null = null) {
  const databases = [databaseFacts("app", { owner: "batch" })];
  const database = grantAccess("app", { acls: [usage, ...acls], databases, sharedAcls });
  const found = applicationHolders(logins, database, { kind: "table", letters: "r", owner: true })("app", "orders");
  // The slow way gives the same.
  const reach = objectReach(logins.access, database, { schema: "app", name: "orders" });
  expect(found).toEqual(reach === undefined ? [] : [...loginsOf(logins, reach.read)].sort());
  return found;
}

describe("applicationHolders", () => {
  it.each<[string, readonly AclGroup[], readonly string[]]>([
    [
      "who may become the grantee, and who reads everything",
      [aclGroup({ grants: [grant("readers", "r")] })],
      ["app_rw", "far"],
    ],
    ["everybody through PUBLIC", [aclGroup({ grants: [grant(null, "arw")] })], ["app_rw", "batch", "far"]],
    ["nobody for another privilege", [aclGroup({ grants: [grant("app_rw", "aw")] })], ["far"]],
    ["the owner", [aclGroup({ owner: "app_rw" })], ["app_rw", "far"]],
    ["the owner of the database as pg_database_owner", [aclGroup({ owner: "pg_database_owner" })], ["batch", "far"]],
    [
      "who may read a column",
      [aclGroup(), aclGroup({ kind: "column", objects: ["orders.id"], grants: [grant("batch", "r")] })],
      ["batch", "far"],
    ],
    ["nobody for an object that is not there", [], []],
  ])("finds %s", (_what, acls, expected) => {
    expect(holders(acls)).toEqual(expected);
  });

  it("asks for USAGE of the schema and CONNECT", () => {
    const open = aclGroup({ grants: [grant(null, "r")] });
    const closed = { ...usage, grants: [grant("app_rw", "U"), grant("batch", "C")] };
    const connect = aclGroup({ kind: "database", schema: null, objects: ["app"], grants: [grant("batch", "c")] });

    expect(holders([open, closed])).toEqual(["app_rw", "far"]);
    expect(holders([open], [connect])).toEqual(["batch"]);
    expect(holders([open], [{ ...connect, grants: [grant(null, "cT")] }])).toEqual(["app_rw", "batch", "far"]);
  });
});

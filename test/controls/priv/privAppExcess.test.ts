import { collected } from "../../../shared/collect/section.ts";
import { privAppExcess } from "../../../shared/controls/priv/privAppExcess.ts";
import type { Membership } from "../../../shared/model/catalogEvidence.ts";
import { grant, membership, policy } from "../../builders.ts";
import { odd, oddSubject } from "../role/attributeCases.ts";
import { testControl } from "../testControl.ts";
import { acls, named, schemas } from "./aclCases.ts";

const profiles = policy({
  privileges: {
    roleProfiles: [
      { role: "app_ro", profile: "ro" },
      { role: odd, profile: "rw" },
      { role: "app_owner", profile: "owner" },
    ],
  },
});

function server(...memberships: readonly Membership[]) {
  return { memberships: collected(memberships) };
}

testControl(privAppExcess, {
  pass: [
    {
      name: "what the profiles allow",
      policy: profiles,
      sections: server(membership("readers", "app_ro")),
      database: acls(
        { grants: [grant("app_ro", "r"), grant(odd, "adrw"), grant("readers", "r")] },
        { kind: "sequence", objects: ["s"], grants: [grant("app_ro", "r"), grant(odd, "Urw")] },
        { kind: "column", objects: ["orders.note"], grants: [grant(odd, "aw")] },
        { kind: "schema", schema: null, objects: ["app"], grants: [grant("app_ro", "U"), grant(odd, "U")] },
        { kind: "function", objects: ["f()"], grants: [grant("app_ro", "X")] },
      ),
    },
    {
      name: "everything for an owner, others' excess, and what PUBLIC has",
      policy: profiles,
      sections: server(membership("app_ro", "bob")),
      database: acls({ grants: [grant("app_owner", "Dadrtwx"), grant("bob", "Dadrtwx"), grant(null, "a")] }),
    },
    {
      name: "ADMIN OPTION alone, and a SET that is only inherited",
      policy: profiles,
      sections: server(
        membership("writers", "app_ro", { admin: true, inherit: false, set: false }),
        membership("gate", "app_ro", { set: false }),
        membership("dba", "gate", { inherit: false }),
      ),
      database: acls({ grants: [grant("writers", "adrw"), grant("dba", "D")] }),
    },
    {
      name: "catalogs and what the platform owns",
      policy: profiles,
      sections: server(),
      database: acls(
        { schema: "pg_catalog", grants: [grant("app_ro", "w")] },
        { owner: "azuresu", grants: [grant("app_ro", "w")] },
      ),
    },
  ],
  fail: [
    {
      name: "verbs beyond the profile, of its own, over groups and as owner",
      policy: profiles,
      sections: server(
        membership("writers", "app_ro", { inherit: false }),
        membership("deploy", odd),
        membership("writers", odd),
      ),
      database: acls(
        { objects: ["orders"], grants: [grant("app_ro", "r"), grant("writers", "arw"), grant(odd, "Dadmrtwx*")] },
        { kind: "schema", schema: null, objects: ["app"], grants: [grant("deploy", "CU")] },
        { kind: "sequence", objects: ["s"], grants: [grant("app_ro", "U")] },
        { schema: "ops", owner: "deploy", objects: ["jobs"] },
      ),
      subjects: [
        "table/app/app/orders/app_ro",
        `table/app/app/orders/${oddSubject}`,
        `schema/app/app/${oddSubject}`,
        "sequence/app/app/s/app_ro",
        `table/app/ops/jobs/${oddSubject}`,
      ],
      says: [
        "Role app_ro has profile ro and holds INSERT, UPDATE on table app.orders of database app.",
        "holds TRUNCATE, MAINTAIN, TRIGGER, REFERENCES on table app.orders",
      ],
    },
    {
      name: "many tables of one schema",
      policy: profiles,
      sections: server(),
      database: acls(
        { objects: named(15), grants: [grant("app_ro", "a")] },
        { objects: named(15, "u"), grants: [grant("app_ro", "d")] },
      ),
      subjects: ["schema/app/app/table/app_ro"],
      says: ["INSERT, DELETE on 30 objects"],
    },
  ],
  notApplicable: [
    { name: "no profiles are declared", sections: server(), database: schemas(["app"], grant("ann", "CU")) },
    {
      name: "owners are the only profile",
      policy: policy({ privileges: { roleProfiles: [{ role: "app_owner", profile: "owner" }] } }),
      sections: server(),
      database: acls(),
    },
  ],
});

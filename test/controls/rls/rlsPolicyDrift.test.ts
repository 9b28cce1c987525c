import { collected } from "../../../shared/collect/section.ts";
import { rlsPolicyDrift } from "../../../shared/controls/rls/rlsPolicyDrift.ts";
import { protectedTable, rowPolicy } from "../../builders.ts";
import { driftOf } from "../code/definerCases.ts";
import { testControl } from "../testControl.ts";

const database = { protectedTables: collected([protectedTable()]), rowPolicies: collected([rowPolicy()]) };

testControl(rlsPolicyDrift, {
  pass: [
    { name: "no drift", sections: {}, database, baselineDrift: [] },
    {
      name: "drift of other things and of other databases",
      sections: {},
      database,
      baselineDrift: [
        driftOf("acl/app/app/accounts", "app"),
        driftOf("rowPolicy/shop/app/accounts/by_tenant", "shop"),
        driftOf("role/app_rw", null),
      ],
    },
  ],
  fail: [
    {
      name: "a policy and the flags of a table",
      sections: {},
      database,
      baselineDrift: [
        driftOf("rowPolicy/app/app/accounts/by_tenant", "app"),
        driftOf("protectedTable/app/app/accounts", "app"),
        driftOf("definerFunction/app/app/total()", "app"),
      ],
      subjects: ["rowPolicy/app/app/accounts/by_tenant", "protectedTable/app/app/accounts"],
    },
  ],
  unknown: [
    {
      name: "the baseline lacks the policies of this database",
      sections: {},
      database,
      baselineDrift: [],
      uncompared: [
        { part: "rowPolicies", database: "app", why: "it was not read when the baseline was approved" },
        { part: "protectedTables", database: "shop", why: "it was not read when the baseline was approved" },
      ],
      subjects: ["part/app/rowPolicies"],
      says: [
        "Part rowPolicies of database app was not compared with the baseline: it was not read when the baseline was approved.",
      ],
    },
  ],
  notApplicable: [{ name: "no baseline", sections: {}, database }],
});

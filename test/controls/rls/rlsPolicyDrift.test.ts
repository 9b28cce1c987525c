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
  notApplicable: [{ name: "no baseline", sections: {}, database }],
});

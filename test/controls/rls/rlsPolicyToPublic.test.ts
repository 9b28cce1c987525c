import { collected } from "../../../shared/collect/section.ts";
import { rlsPolicyToPublic } from "../../../shared/controls/rls/rlsPolicyToPublic.ts";
import type { RowPolicy } from "../../../shared/model/databaseEvidence.ts";
import { policy, rowPolicy } from "../../builders.ts";
import { odd, oddSubject } from "../role/attributeCases.ts";
import { testControl } from "../testControl.ts";

function policies(...items: readonly RowPolicy[]) {
  return { rowPolicies: collected(items) };
}

const open = rowPolicy({ name: odd, roles: [null] });

testControl(rlsPolicyToPublic, {
  pass: [
    {
      name: "named roles, one of them called PUBLIC",
      sections: {},
      database: policies(rowPolicy({ roles: ["PUBLIC", "app_rw"] })),
      says: ['is for "PUBLIC", app_rw.'],
    },
    { name: "a restrictive policy for all", sections: {}, database: policies({ ...open, permissive: false }) },
    {
      name: "an approved policy",
      policy: policy({ rowSecurity: { publicPolicies: [`app/app.accounts/${oddSubject}`] } }),
      sections: {},
      database: policies(open),
    },
  ],
  fail: [
    {
      name: "one policy beside an innocent one",
      sections: {},
      database: policies(rowPolicy(), open),
      subjects: [`policy/app/app/accounts/${oddSubject}`],
    },
    {
      name: "a policy that is approved on another table",
      policy: policy({ rowSecurity: { publicPolicies: ["app/app.orders/by_tenant"] } }),
      sections: {},
      database: policies(rowPolicy({ roles: [null] })),
      subjects: ["policy/app/app/accounts/by_tenant"],
    },
  ],
  notApplicable: [{ name: "no policy", sections: {}, database: policies() }],
});

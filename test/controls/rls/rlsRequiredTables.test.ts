import { collected } from "../../../shared/collect/section.ts";
import { rlsRequiredTables } from "../../../shared/controls/rls/rlsRequiredTables.ts";
import { aclGroup, policy, protectedTable } from "../../builders.ts";
import { odd, oddSubject } from "../role/attributeCases.ts";
import { testControl } from "../testControl.ts";

const required = policy({ rowSecurity: { requiredTables: ["app.*", "*.tenant_data"] } });

const database = {
  acls: collected([
    aclGroup({ objects: ["accounts"] }),
    aclGroup({ schema: "ref", objects: ["countries"] }),
    aclGroup({ kind: "view", objects: ["overview"] }),
    aclGroup({ kind: "column", objects: ["accounts.id"] }),
    aclGroup({ schema: "pg_catalog", objects: ["tenant_data"] }),
  ]),
  protectedTables: collected([protectedTable()]),
};

testControl(rlsRequiredTables, {
  pass: [
    {
      name: "a required table with row security, beside tables that need none",
      policy: required,
      sections: {},
      database,
    },
  ],
  fail: [
    {
      name: "tables that fit a pattern",
      policy: required,
      sections: {},
      database: {
        acls: collected([
          aclGroup({ objects: ["accounts", odd] }),
          aclGroup({ schema: "x", objects: ["tenant_data"] }),
        ]),
        protectedTables: collected([protectedTable()]),
      },
      subjects: [`table/app/app/${oddSubject}`, "table/app/x/tenant_data"],
      says: ["fits the pattern *.tenant_data"],
    },
    {
      name: "a table with policies and row security off",
      policy: required,
      sections: {},
      database: { ...database, protectedTables: collected([protectedTable({ enabled: false })]) },
      subjects: ["table/app/app/accounts"],
    },
  ],
  notApplicable: [
    { name: "no list", sections: {}, database },
    {
      name: "no table that fits",
      policy: policy({ rowSecurity: { requiredTables: ["shop.*"] } }),
      sections: {},
      database,
    },
  ],
});

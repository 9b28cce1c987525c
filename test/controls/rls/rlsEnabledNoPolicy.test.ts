import { collected } from "../../../shared/collect/section.ts";
import { rlsEnabledNoPolicy } from "../../../shared/controls/rls/rlsEnabledNoPolicy.ts";
import type { Partition, ProtectedTable } from "../../../shared/model/databaseEvidence.ts";
import { policy, protectedTable } from "../../builders.ts";
import { odd, oddSubject } from "../role/attributeCases.ts";
import { testControl } from "../testControl.ts";

function tables(items: readonly ProtectedTable[], partitions: readonly Partition[] = []) {
  return { protectedTables: collected(items), partitions: collected(partitions) };
}

const bare = protectedTable({ table: odd, policyCount: 0 });

testControl(rlsEnabledNoPolicy, {
  pass: [
    { name: "a table with a policy", sections: {}, database: tables([protectedTable()]) },
    { name: "no table", sections: {}, database: tables([]) },
    {
      name: "row security off, without a policy",
      sections: {},
      database: tables([protectedTable({ enabled: false, policyCount: 0 })]),
    },
    {
      name: "a table that is meant to deny everything",
      policy: policy({ rowSecurity: { denyAllTables: [`app/app.${oddSubject}`] } }),
      sections: {},
      database: tables([bare]),
    },
    {
      name: "a partition, which denies the way round its parent",
      sections: {},
      database: tables(
        [protectedTable(), protectedTable({ table: "accounts_1", policyCount: 0 })],
        [{ schema: "app", table: "accounts_1", parentSchema: "app", parentTable: "accounts", enabled: true }],
      ),
    },
  ],
  fail: [
    {
      name: "one table beside an innocent one",
      sections: {},
      database: tables([protectedTable(), bare]),
      subjects: [`table/app/app/${oddSubject}`],
    },
    {
      name: "a table that is listed for another database",
      policy: policy({ rowSecurity: { denyAllTables: ["shop/app.accounts"] } }),
      sections: {},
      database: tables([protectedTable({ policyCount: 0 })]),
      subjects: ["table/app/app/accounts"],
    },
  ],
});

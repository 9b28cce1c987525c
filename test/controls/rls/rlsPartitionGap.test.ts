import { collected } from "../../../shared/collect/section.ts";
import { rlsPartitionGap } from "../../../shared/controls/rls/rlsPartitionGap.ts";
import type { AclGroup, Partition } from "../../../shared/model/databaseEvidence.ts";
import { aclGroup, grant, membership, protectedTable } from "../../builders.ts";
import { odd, oddSubject } from "../role/attributeCases.ts";
import { testControl } from "../testControl.ts";
import { logins } from "./loginCases.ts";

const schema = aclGroup({ kind: "schema", schema: null, objects: ["app"], grants: [grant(null, "U")] });

function partition(table: string, override: Partial<Partition> = {}): Partition {
  return { schema: "app", table, parentSchema: "app", parentTable: "accounts", enabled: false, ...override };
}

function partitioned(acls: readonly AclGroup[], partitions: readonly Partition[], enabled = true) {
  return {
    acls: collected([schema, ...acls]),
    protectedTables: collected([protectedTable({ enabled, partitioned: true })]),
    partitions: collected(partitions),
  };
}

testControl(rlsPartitionGap, {
  pass: [
    {
      name: "row security of its own, or nothing granted to applications",
      sections: logins([membership("app_owner", "app_rw")]),
      database: partitioned(
        [
          aclGroup({ objects: ["accounts_1"], grants: [grant(null, "arwd")] }),
          aclGroup({ objects: ["accounts_2"], grants: [grant("pgadmin", "r"), grant("app_rw", "x")] }),
        ],
        [partition("accounts_1", { enabled: true }), partition("accounts_2")],
      ),
    },
  ],
  fail: [
    {
      name: "reading through a group, and writing, beside an innocent partition",
      sections: logins([membership("readers", "batch")]),
      database: partitioned(
        [
          aclGroup({ objects: [odd], grants: [grant("readers", "r")] }),
          aclGroup({ objects: ["accounts_2"], grants: [grant("app_rw", "D")] }),
          aclGroup({ objects: ["accounts_3"] }),
        ],
        [partition(odd), partition("accounts_2"), partition("accounts_3")],
      ),
      subjects: [`table/app/app/${oddSubject}`, "table/app/app/accounts_2"],
    },
    {
      name: "a partition that stands below two protected tables, once",
      sections: logins(),
      database: {
        ...partitioned([aclGroup({ objects: ["leaf"], grants: [grant(null, "r")] })], []),
        protectedTables: collected([protectedTable(), protectedTable({ table: "middle" })]),
        partitions: collected([partition("leaf"), partition("leaf", { parentTable: "middle" })]),
      },
      subjects: ["table/app/app/leaf"],
    },
  ],
  notApplicable: [
    { name: "no partition", sections: logins(), database: partitioned([], []) },
    {
      name: "row security of the parent off",
      sections: logins(),
      database: partitioned([aclGroup({ objects: ["a"], grants: [grant(null, "r")] })], [partition("a")], false),
    },
  ],
});

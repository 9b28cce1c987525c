import { collected } from "../../../shared/collect/section.ts";
import { privGrantOption } from "../../../shared/controls/priv/privGrantOption.ts";
import type { AclGroup } from "../../../shared/model/databaseEvidence.ts";
import { aclGroup, grant, policy } from "../../builders.ts";
import { odd, oddSubject } from "../role/attributeCases.ts";
import { testControl } from "../testControl.ts";
import { acls, named } from "./aclCases.ts";

function server(...groups: readonly Partial<AclGroup>[]) {
  return {
    sharedAcls: collected(
      groups.map((group) => aclGroup({ kind: "database", schema: null, objects: ["app"], ...group })),
    ),
  };
}

testControl(privGrantOption, {
  pass: [
    { name: "plain grants", sections: server(), database: acls({ grants: [grant("ann", "arwd"), grant(null, "r")] }) },
    {
      name: "the owner, which may grant anyway, and roles of the platform",
      sections: server(),
      database: acls({ ownerFull: false, grants: [grant("app_owner", "r*w*"), grant("azure_pg_admin", "r*")] }),
    },
    {
      name: "an approved role",
      policy: policy({ privileges: { approvedGrantOption: ["ann"] } }),
      sections: server(),
      database: acls({ grants: [grant("ann", "r*")] }),
      says: ["Nobody but approved roles"],
    },
    {
      name: "another database",
      sections: server({ objects: ["other"], grants: [grant("ann", "c*")] }),
      database: acls(),
    },
    {
      name: "a parameter and a tablespace, which are not of this database",
      sections: server(
        { kind: "parameter", grants: [grant("ann", "s*")] },
        { kind: "tablespace", grants: [grant("ann", "C*")] },
      ),
      database: acls(),
    },
  ],
  fail: [
    {
      name: "tables, a column, a function and the database itself",
      sections: server({ objects: ["app", "other"], grants: [grant("ann", "Tc*")] }),
      database: acls(
        { objects: ["orders", "items"], grants: [grant("ann", "ar*w*")] },
        { kind: "column", objects: ["orders.total"], grants: [grant(odd, "r*")] },
        { kind: "function", schema: "sales", objects: ["f(integer)"], grants: [grant("bob", "X*"), grant("ann", "X")] },
      ),
      subjects: [
        "table/app/app/orders/ann",
        "table/app/app/items/ann",
        `column/app/app/orders.total/${oddSubject}`,
        "function/app/sales/f(integer)/bob",
        "database/app/app/ann",
      ],
      says: [
        "Role ann may pass on SELECT, UPDATE on table app.orders of database app.",
        "Role ann may pass on CONNECT on database app",
      ],
    },
    {
      name: "many tables of one schema are one finding per role",
      policy: policy({ privileges: { approvedGrantOption: ["cid"] } }),
      sections: server(),
      database: acls({ objects: named(5000), grants: [grant("ann", "r*"), grant("bob", "r*"), grant("cid", "r*")] }),
      subjects: ["schema/app/app/table/ann", "schema/app/app/table/bob"],
      says: ["on 5000 objects of kind table of schema app"],
    },
  ],
});

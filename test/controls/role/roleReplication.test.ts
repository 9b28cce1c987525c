import { collected } from "../../../shared/collect/section.ts";
import { roleReplication } from "../../../shared/controls/role/roleReplication.ts";
import { aclGroup, grant, membership, policy } from "../../builders.ts";
import { testControl } from "../testControl.ts";
import { holders, lookalikes, odd, oddSubject } from "./attributeCases.ts";

const attribute = { replication: true };
const none = { memberships: collected([]) };
const noGrants = { acls: collected([aclGroup()]) };
const approved = policy({ roles: { approvedReplication: [odd, "cdc"] } });

testControl(roleReplication, {
  pass: [
    {
      name: "the platform's own",
      sections: { ...none, ...holders(attribute, "azuresu", "replication") },
      database: noGrants,
    },
    {
      name: "an approved role without privileges on tables",
      policy: approved,
      sections: { ...none, ...holders(attribute, odd) },
      database: {
        acls: collected([
          aclGroup({ grants: [grant("reporting", "r"), grant(null, "r")] }),
          aclGroup({ kind: "schema", schema: null, objects: ["app"], grants: [grant(odd, "U")] }),
          aclGroup({ owner: "azuresu", grants: [grant(odd, "r")] }),
        ]),
      },
    },
    { name: "nobody", sections: { ...none, ...holders(attribute) }, database: noGrants },
  ],
  fail: [
    {
      name: "the administrator login, which does not have it by birth",
      sections: { ...none, ...holders(attribute, "replication", "pgadmin") },
      database: noGrants,
      subjects: ["role/pgadmin"],
    },
    {
      name: "names that only look like the platform's or an approved one",
      policy: approved,
      sections: { ...none, ...holders(attribute, ...lookalikes, "CDC") },
      database: noGrants,
      subjects: [...lookalikes, "CDC"].map((name) => `role/${name}`),
    },
    {
      name: "an approved role that may also read and write tables, beside one that may not",
      policy: approved,
      sections: { ...none, ...holders(attribute, odd, "cdc") },
      database: { acls: collected([aclGroup({ grants: [grant(odd, "rw*")] })]) },
      subjects: [`role/app/${oddSubject}`],
      says: ["SELECT, UPDATE on table app.orders of database app"],
    },
    {
      name: "a privilege that it can use as a member",
      policy: approved,
      sections: {
        ...holders(attribute, "cdc"),
        memberships: collected([membership("reporting", "cdc", { inherit: true })]),
      },
      database: { acls: collected([aclGroup({ grants: [grant("reporting", "r")] })]) },
      subjects: ["role/app/cdc"],
    },
  ],
});

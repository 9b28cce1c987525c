import { roleReplication } from "../../../shared/controls/role/roleReplication.ts";
import { policy } from "../../builders.ts";
import { testControl } from "../testControl.ts";
import { holders, lookalikes, odd, oddSubject } from "./attributeCases.ts";

const attribute = { replication: true };

testControl(roleReplication, {
  pass: [
    { name: "the platform's own", sections: holders(attribute, "azuresu", "replication") },
    {
      name: "an approved role",
      policy: policy({ roles: { approvedReplication: [odd] } }),
      sections: holders(attribute, odd),
    },
    { name: "nobody", sections: holders(attribute) },
  ],
  fail: [
    {
      name: "the administrator login, which does not have it by birth",
      sections: holders(attribute, "replication", "pgadmin"),
      subjects: ["role/pgadmin"],
    },
    {
      name: "names that only look like the platform's or an approved one",
      policy: policy({ roles: { approvedReplication: ["cdc"] } }),
      sections: holders(attribute, ...lookalikes, "CDC", odd),
      subjects: [...lookalikes, "CDC", oddSubject].map((name) => `role/${name}`),
    },
  ],
});

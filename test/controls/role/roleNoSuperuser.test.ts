import { collected } from "../../../shared/collect/section.ts";
import { roleNoSuperuser } from "../../../shared/controls/role/roleNoSuperuser.ts";
import { testControl } from "../testControl.ts";
import { holders, lookalikes, odd, oddSubject } from "./attributeCases.ts";

const superuser = { superuser: true };

testControl(roleNoSuperuser, {
  pass: [
    { name: "the platform's own", sections: holders(superuser, "azuresu", "azure_superuser") },
    { name: "nobody at all", sections: { roles: collected([]) } },
  ],
  fail: [
    {
      name: "the administrator login too, beside the platform's",
      sections: holders(superuser, "azuresu", "pgadmin", odd),
      subjects: ["role/pgadmin", `role/${oddSubject}`],
    },
    {
      name: "names that only look like the platform's",
      sections: holders(superuser, ...lookalikes),
      subjects: lookalikes.map((name) => `role/${name}`),
    },
  ],
});

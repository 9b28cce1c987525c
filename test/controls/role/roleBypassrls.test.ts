import { collected } from "../../../shared/collect/section.ts";
import { roleBypassrls } from "../../../shared/controls/role/roleBypassrls.ts";
import { policy, role } from "../../builders.ts";
import { testControl } from "../testControl.ts";
import { entraAdmin, holders, listed, lookalikes, noServer, odd, oddSubject } from "./attributeCases.ts";

const attribute = { bypassRls: true };

testControl(roleBypassrls, {
  pass: [
    { name: "the platform and the administrator login", sections: holders(attribute, "azuresu", "pgadmin") },
    {
      name: "an Entra administrator by its label",
      sections: { roles: collected([role("db-admins", { ...attribute, entra: entraAdmin })]) },
    },
    { name: "an Entra administrator that ARM lists", sections: { ...holders(attribute, "db-admins"), ...listed } },
    {
      name: "an approved role",
      policy: policy({ roles: { approvedBypassRls: [odd] } }),
      sections: holders(attribute, odd),
    },
    { name: "nobody", sections: holders(attribute) },
    { name: "nobody, of an unknown server", sections: { ...holders(attribute, "azuresu"), ...noServer } },
  ],
  fail: [
    {
      name: "one role beside innocent ones, whose name differs from an approved one in case",
      policy: policy({ roles: { approvedBypassRls: [odd.toUpperCase()] } }),
      sections: holders(attribute, "azuresu", odd),
      subjects: [`role/${oddSubject}`],
    },
    {
      name: "names that only look like the platform's",
      sections: holders(attribute, ...lookalikes),
      subjects: lookalikes.map((name) => `role/${name}`),
    },
    {
      name: "an Entra role that is no administrator",
      sections: { roles: collected([role("svc", { ...attribute, entra: { ...entraAdmin, admin: false } })]) },
      subjects: ["role/svc"],
    },
  ],
  unknown: [
    {
      name: "a holder that may be the administrator login of an unknown server",
      sections: { ...holders(attribute, "pgadmin", "azuresu"), ...noServer },
      subjects: ["role/pgadmin"],
      section: "server",
    },
  ],
});

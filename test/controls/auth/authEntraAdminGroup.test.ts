import { collected } from "../../../shared/collect/section.ts";
import { authEntraAdminGroup } from "../../../shared/controls/auth/authEntraAdminGroup.ts";
import { policy, serverFacts } from "../../builders.ts";
import { testControl } from "../testControl.ts";
import { entraAdministrator, groupId, userId } from "./entraAdministrator.ts";

const person = entraAdministrator({ objectId: userId, principalName: "ann@contoso.com", principalType: "User" });

testControl(authEntraAdminGroup, {
  pass: [
    {
      name: "a group and a managed identity",
      sections: {
        entraAdministrators: collected([
          entraAdministrator(),
          entraAdministrator({ objectId: userId, principalName: "pgwarden", principalType: "ServicePrincipal" }),
        ]),
      },
    },
    {
      name: "a person approved for emergencies, whatever the case of the id",
      policy: policy({ entra: { breakGlass: [userId.toUpperCase()] } }),
      sections: { entraAdministrators: collected([person]) },
    },
  ],
  fail: [
    {
      name: "a person, beside a group",
      sections: { entraAdministrators: collected([entraAdministrator(), person]) },
      subjects: [`entraAdministrator/${userId}`],
    },
    {
      name: "a type that nobody knows, under the name of an approved person",
      policy: policy({ entra: { breakGlass: [userId] } }),
      sections: {
        entraAdministrators: collected([
          entraAdministrator({ principalName: "ann@contoso.com", principalType: "Unknown" }),
        ]),
      },
      subjects: [`entraAdministrator/${groupId}`],
    },
  ],
  notApplicable: [
    { name: "nobody is administrator", sections: { entraAdministrators: collected([]) } },
    {
      name: "Entra authentication is off",
      sections: {
        server: collected([serverFacts({ entraAuthentication: "Disabled" })]),
        entraAdministrators: collected([person]),
      },
    },
  ],
});

import { collected } from "../../../shared/collect/section.ts";
import { authEntraAdminPresent } from "../../../shared/controls/auth/authEntraAdminPresent.ts";
import { serverFacts } from "../../builders.ts";
import { testControl } from "../testControl.ts";
import { entraAdministrator } from "./entraAdministrator.ts";

testControl(authEntraAdminPresent, {
  pass: [{ name: "one administrator", sections: { entraAdministrators: collected([entraAdministrator()]) } }],
  fail: [{ name: "none", sections: { entraAdministrators: collected([]) }, subjects: ["server"] }],
  notApplicable: [
    {
      name: "Entra authentication is off",
      sections: {
        server: collected([serverFacts({ entraAuthentication: "Disabled" })]),
        entraAdministrators: collected([]),
      },
    },
  ],
});

import { collected } from "../../../shared/collect/section.ts";
import { authEntraTenant } from "../../../shared/controls/auth/authEntraTenant.ts";
import { policy, serverFacts, tenantId } from "../../builders.ts";
import { testControl } from "../testControl.ts";
import { entraAdministrator, groupId } from "./entraAdministrator.ts";

const ours = policy({ entra: { tenantId: tenantId.toUpperCase() } });
const elsewhere = "00000000-1111-4222-8333-444444444444";

testControl(authEntraTenant, {
  pass: [
    {
      name: "server and administrator in the tenant, without regard to case",
      policy: ours,
      sections: { entraAdministrators: collected([entraAdministrator()]) },
    },
    { name: "a server without administrators", policy: ours, sections: { entraAdministrators: collected([]) } },
  ],
  fail: [
    {
      name: "an administrator of another tenant",
      policy: ours,
      sections: { entraAdministrators: collected([entraAdministrator({ tenantId: elsewhere })]) },
      subjects: [`entraAdministrator/${groupId}`],
    },
    {
      name: "a server of another tenant, and an administrator whose tenant is not stated",
      policy: ours,
      sections: {
        server: collected([serverFacts({ tenantId: elsewhere })]),
        entraAdministrators: collected([entraAdministrator({ tenantId: null })]),
      },
      subjects: ["server", `entraAdministrator/${groupId}`],
    },
  ],
  notApplicable: [
    {
      name: "no tenant is configured",
      sections: { entraAdministrators: collected([entraAdministrator({ tenantId: elsewhere })]) },
    },
    {
      name: "Entra authentication is off",
      policy: ours,
      sections: {
        server: collected([serverFacts({ entraAuthentication: "Disabled", tenantId: null })]),
        entraAdministrators: collected([]),
      },
    },
  ],
});

import { defineControl, verdict } from "../control.ts";
import { entraAdministratorRemediation } from "./entraAdministratorRemediation.ts";

export const authEntraAdminPresent = defineControl({
  meta: {
    id: "auth-entra-admin-present",
    title: "At least one Entra administrator",
    severity: "medium",
    requires: ["entraAdministrators"],
    appliesTo: ["entraOn"],
    frameworks: {
      published: { azurePolicy: ["ce39a96d"], nist80053r5: ["IA-5"], pciDss401: ["2.2.2", "2.3.1"] },
      proposed: { mcsb: ["IM-1"], nist80053r5: ["IA-2"], pciDss401: ["8.2.1"], iso27001_2022: ["A.5.16", "A.8.2"] },
    },
    rationale:
      "Only an Entra administrator can make logins for other Entra identities. Without one the server takes tokens in name only, and the shared administrator password stays in daily use.",
    remediation: entraAdministratorRemediation,
  },

  evaluate({ entraAdministrators }) {
    const count = entraAdministrators.length;
    return [verdict("server", count > 0, `The server has ${count} Entra administrators; at least 1 is needed.`)];
  },
});

import { defineControl, verdict } from "../control.ts";
import { authConfigRemediation } from "./authConfigRemediation.ts";

export const authEntraOnly = defineControl({
  meta: {
    id: "auth-entra-only",
    title: "Password authentication is off",
    severity: "medium",
    requires: ["server"],
    appliesTo: ["entraOnlyProfile"],
    frameworks: {
      published: {
        cisAzure: ["DB2 6.2"],
        mcsb: ["IM-1"],
        azurePolicy: ["fa498b91"],
        nist80053r5: ["AC-17"],
        pciDss401: ["1.2.1", "1.2.7"],
        iso27001_2022: ["27002 6.7", "27002 8.9"],
      },
      proposed: { nist80053r5: ["IA-2"], pciDss401: ["8.3.1"], iso27001_2022: ["A.8.5"] },
    },
    rationale:
      "As long as passwords are accepted beside tokens, one forgotten password passes by everything that the tenant demands of a sign-in.",
    remediation: authConfigRemediation("--microsoft-entra-auth Enabled --password-auth Disabled", true, false),
  },

  evaluate({ server }) {
    return server.map(({ name, passwordAuthentication }) =>
      verdict(
        "server",
        passwordAuthentication === "Disabled",
        `Password authentication on server ${name} is ${passwordAuthentication ?? "not stated"}; it must be Disabled.`,
      ),
    );
  },
});

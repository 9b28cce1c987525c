import { defineControl, verdict } from "../control.ts";
import { authConfigRemediation } from "./authConfigRemediation.ts";

export const authEntraEnabled = defineControl({
  meta: {
    id: "auth-entra-enabled",
    title: "Entra authentication is on",
    severity: "medium",
    requires: ["server"],
    frameworks: {
      published: { cisAzure: ["DB2 6.2"] },
      proposed: {
        mcsb: ["IM-1"],
        nist80053r5: ["IA-2", "AC-2"],
        pciDss401: ["8.2.1", "8.4.2"],
        iso27001_2022: ["A.5.16", "A.8.5"],
      },
    },
    rationale:
      "Without Entra every login is a password that lives as long as nobody changes it. Tokens end by themselves, need no storage and stop with the account they belong to.",
    remediation: authConfigRemediation("--microsoft-entra-auth Enabled", true, true),
  },

  evaluate({ server }) {
    return server.map(({ name, entraAuthentication }) =>
      verdict(
        "server",
        entraAuthentication === "Enabled",
        `Entra authentication on server ${name} is ${entraAuthentication ?? "not stated"}; it must be Enabled.`,
      ),
    );
  },
});

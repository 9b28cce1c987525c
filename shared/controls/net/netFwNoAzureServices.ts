import { defineControl, fail, pass } from "../control.ts";
import { deleteRule, isAzureServicesRule, ruleSubject, ruleText } from "./firewallRules.ts";

export const netFwNoAzureServices = defineControl({
  meta: {
    id: "net-fw-no-azure-services",
    title: "No “allow any Azure service” rule",
    severity: "high",
    requires: ["firewallRules"],
    appliesTo: ["publicModel"],
    // Azure Policy 5e1de0e3 is about public access as a whole; it is what Policy maps to this topic.
    frameworks: {
      published: {
        cisAzure: ["A2 4.3.7", "A3 5.2.5"],
        cisPostgresql: ["5.4"],
        azurePolicy: ["5e1de0e3"],
        iso27001_2022: ["A.8.3"],
      },
      proposed: {
        mcsb: ["NS-2"],
        nist80053r5: ["AC-4", "SC-7", "SC-7(5)"],
        pciDss401: ["1.3.1", "1.4.2"],
        iso27001_2022: ["A.8.20"],
      },
    },
    rationale:
      "The rule from 0.0.0.0 to 0.0.0.0 admits every address of Azure, and with it the virtual machines and functions of all other customers.",
    remediation: deleteRule,
  },

  evaluate({ firewallRules }) {
    return firewallRules.map((rule) => {
      if (!isAzureServicesRule(rule)) return pass(ruleSubject(rule), `${ruleText(rule)} names its addresses.`);
      return fail(ruleSubject(rule), `${ruleText(rule)} admits every Azure service of every customer.`);
    });
  },
});

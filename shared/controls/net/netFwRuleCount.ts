import { defineControl, verdict } from "../control.ts";
import { deleteRule } from "./firewallRules.ts";

export const netFwRuleCount = defineControl({
  meta: {
    id: "net-fw-rule-count",
    title: "Rule count is reviewable",
    severity: "low",
    requires: ["firewallRules"],
    appliesTo: ["publicModel"],
    frameworks: {
      proposed: { mcsb: ["NS-2"], nist80053r5: ["CM-7"], pciDss401: ["1.2.7"], iso27001_2022: ["A.8.20"] },
    },
    rationale: "Nobody reviews a list of fifty rules; what is no longer needed stays in it.",
    remediation: deleteRule,
  },

  evaluate({ firewallRules }, { firewall: { maxRules } }) {
    const message = `The server has ${firewallRules.length} firewall rules; the limit is ${maxRules}.`;
    return [verdict("server", firewallRules.length <= maxRules, message)];
  },
});

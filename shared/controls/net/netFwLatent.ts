import { defineControl, fail, pass } from "../control.ts";
import { deleteRule, ruleSubject, ruleText } from "./firewallRules.ts";

export const netFwLatent = defineControl({
  meta: {
    id: "net-fw-latent",
    title: "No rules wait behind a disabled public endpoint",
    severity: "medium",
    requires: ["firewallRules"],
    appliesTo: ["publicEndpointDisabled"],
    frameworks: {
      proposed: { mcsb: ["NS-2"], nist80053r5: ["CM-7", "SC-7"], pciDss401: ["1.2.7"], iso27001_2022: ["A.8.20"] },
    },
    rationale:
      "Rules without a public endpoint do nothing, so nobody looks at them. The moment someone switches the endpoint on, they all hold at once.",
    remediation: deleteRule,
  },

  evaluate({ firewallRules }) {
    if (firewallRules.length === 0) return [pass("server", "No firewall rule waits behind the disabled endpoint.")];
    return firewallRules.map((rule) =>
      fail(ruleSubject(rule), `${ruleText(rule)} would hold as soon as the public endpoint is switched on.`),
    );
  },
});

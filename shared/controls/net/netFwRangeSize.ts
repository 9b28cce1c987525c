import { defineControl, pass, verdict } from "../control.ts";
import { addressCount, coverage } from "./firewallRange.ts";
import { admittedRanges, isAzureServicesRule, narrowRule, ruleSubject, ruleText } from "./firewallRules.ts";

export const netFwRangeSize = defineControl({
  meta: {
    id: "net-fw-range-size",
    title: "No rule is wider than the limit",
    severity: "high",
    requires: ["firewallRules"],
    appliesTo: ["publicModel"],
    frameworks: {
      published: { cisPostgresql: ["5.4"] },
      proposed: {
        mcsb: ["NS-2"],
        nist80053r5: ["AC-4", "SC-7"],
        pciDss401: ["1.2.5", "1.3.1"],
        iso27001_2022: ["A.8.20"],
      },
    },
    rationale:
      "A wide range admits hosts that nobody chose, and many small ones together are as wide as one that is large.",
    remediation: narrowRule,
  },

  evaluate({ firewallRules }, { firewall: { maxAddressesPerRule, maxAddresses } }) {
    const rules = firewallRules.map((rule) => {
      // Not a size but another kind of rule; net-fw-no-azure-services judges it.
      if (isAzureServicesRule(rule)) return pass(ruleSubject(rule), `${ruleText(rule)} stands for all Azure services.`);
      const addresses = addressCount(rule.first, rule.last);
      const message = `${ruleText(rule)} admits ${addresses} addresses; the limit is ${maxAddressesPerRule}.`;
      return verdict(ruleSubject(rule), addresses <= maxAddressesPerRule, message);
    });
    const total = coverage(admittedRanges(firewallRules));
    const message = `All rules together admit ${total} addresses; the limit is ${maxAddresses}.`;
    return [...rules, verdict("server", total <= maxAddresses, message)];
  },
});

import { defineControl, fail, pass } from "../control.ts";
import { cidrRange, cidrRanges, covers, overlaps, rangeOf } from "./firewallRange.ts";
import { deleteRule, ruleSubject, ruleText } from "./firewallRules.ts";

export const netFwApproved = defineControl({
  meta: {
    id: "net-fw-approved",
    title: "Every rule is in the approved list",
    severity: "high",
    requires: ["firewallRules"],
    appliesTo: ["publicModel", "approvedFirewall"],
    frameworks: {
      proposed: {
        mcsb: ["NS-2", "PV-2"],
        nist80053r5: ["CM-3", "CM-6", "AC-4"],
        pciDss401: ["1.2.2", "1.2.7"],
        iso27001_2022: ["A.8.9", "A.8.20"],
      },
    },
    rationale: "A rule that nobody approved is either a forgotten experiment or someone's way in.",
    remediation: deleteRule,
  },

  evaluate({ firewallRules }, { firewall: { approved } }) {
    const approvedRanges = cidrRanges(approved.map(({ range }) => range));
    return firewallRules.map((rule) => {
      const range = rangeOf(rule);
      if (range === undefined || !covers(approvedRanges, range))
        return fail(
          ruleSubject(rule),
          `${ruleText(rule)} is not inside the approved ranges (policy.firewall.approved).`,
        );
      const names = approved.filter((entry) => {
        const entryRange = cidrRange(entry.range);
        return entryRange !== undefined && overlaps(entryRange, range);
      });
      return pass(ruleSubject(rule), `${ruleText(rule)} is inside ${names.map(({ name }) => name).join(" and ")}.`);
    });
  },
});

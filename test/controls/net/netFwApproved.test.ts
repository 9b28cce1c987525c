import { collected } from "../../../shared/collect/section.ts";
import { netFwApproved } from "../../../shared/controls/net/netFwApproved.ts";
import type { FirewallRule } from "../../../shared/model/armEvidence.ts";
import { policy } from "../../builders.ts";
import { testControl } from "../testControl.ts";

function rule(name: string, first: string, last = first): FirewallRule {
  return { name, first, last };
}

const approved = policy({
  firewall: {
    approved: [
      { name: "office", range: "203.0.113.0/28" },
      { name: "annex", range: "203.0.113.16/28" },
      { name: "vpn", range: "198.51.100.7" },
    ],
  },
});

testControl(netFwApproved, {
  pass: [
    {
      name: "exactly an approved range",
      sections: { firewallRules: collected([rule("office", "203.0.113.0", "203.0.113.15")]) },
      policy: approved,
    },
    {
      name: "one address of it, and an approved address",
      sections: { firewallRules: collected([rule("a", "203.0.113.3"), rule("b", "198.51.100.7")]) },
      policy: approved,
    },
    {
      name: "two adjacent approved ranges",
      says: ["Rule both (203.0.113.8 to 203.0.113.24) is inside office and annex."],
      sections: { firewallRules: collected([rule("both", "203.0.113.8", "203.0.113.24")]) },
      policy: approved,
    },
  ],
  fail: [
    {
      name: "one address beyond, beside an approved rule",
      sections: {
        firewallRules: collected([
          rule("office", "203.0.113.0", "203.0.113.15"),
          rule("wide", "203.0.113.0", "203.0.113.32"),
        ]),
      },
      policy: approved,
      subjects: ["firewallRule/wide"],
    },
    {
      name: "Azure services, and a range that cannot be read as one",
      sections: { firewallRules: collected([rule("azure", "0.0.0.0"), rule("back", "203.0.113.9", "203.0.113.1")]) },
      policy: approved,
      subjects: ["firewallRule/azure", "firewallRule/back"],
    },
    {
      name: "an approved range that is no network approves nothing",
      sections: { firewallRules: collected([rule("office", "203.0.113.1")]) },
      policy: policy({ firewall: { approved: [{ name: "typo", range: "203.0.113.0/99" }] } }),
      subjects: ["firewallRule/office"],
    },
  ],
  notApplicable: [
    { name: "without a list", sections: { firewallRules: collected([rule("office", "203.0.113.1")]) } },
    { name: "without rules", sections: { firewallRules: collected([]) }, policy: approved },
  ],
});

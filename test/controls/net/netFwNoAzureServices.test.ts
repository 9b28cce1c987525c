import { collected } from "../../../shared/collect/section.ts";
import { netFwNoAzureServices } from "../../../shared/controls/net/netFwNoAzureServices.ts";
import type { FirewallRule } from "../../../shared/model/armEvidence.ts";
import { testControl } from "../testControl.ts";

function rule(name: string, first: string, last = first): FirewallRule {
  return { name, first, last };
}

testControl(netFwNoAzureServices, {
  pass: [
    {
      name: "rules that only start there",
      sections: {
        firewallRules: collected([rule("low", "0.0.0.0", "0.0.0.255"), rule("all", "0.0.0.0", "255.255.255.255")]),
      },
    },
    {
      name: "a range backwards that ends there",
      sections: { firewallRules: collected([rule("back", "203.0.113.1", "0.0.0.0")]) },
    },
  ],
  fail: [
    {
      name: "both ends are 0.0.0.0, under whatever name",
      sections: { firewallRules: collected([rule("office", "203.0.113.1"), rule("innocent", "0.0.0.0")]) },
      subjects: ["firewallRule/innocent"],
    },
  ],
  notApplicable: [{ name: "no rules", sections: { firewallRules: collected([]) } }],
});

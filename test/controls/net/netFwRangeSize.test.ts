import { collected } from "../../../shared/collect/section.ts";
import { netFwRangeSize } from "../../../shared/controls/net/netFwRangeSize.ts";
import type { FirewallRule } from "../../../shared/model/armEvidence.ts";
import { policy, serverFacts } from "../../builders.ts";
import { testControl } from "../testControl.ts";

const vnetIntegrated = collected([serverFacts({ delegatedSubnetId: "/subscriptions/s/virtualnetworks/v/subnets/db" })]);

function rule(name: string, first: string, last = first): FirewallRule {
  return { name, first, last };
}

const office = rule("office", "203.0.113.0", "203.0.113.15");

testControl(netFwRangeSize, {
  pass: [
    {
      name: "a range of exactly the limit",
      sections: { firewallRules: collected([rule("site", "198.51.100.0", "198.51.100.255")]) },
    },
    {
      name: "rules of exactly the total, one address counted once",
      sections: {
        firewallRules: collected([
          rule("a", "198.51.100.0", "198.51.100.255"),
          rule("b", "198.51.101.0", "198.51.101.255"),
          rule("c", "198.51.102.0", "198.51.102.255"),
          rule("d", "198.51.103.0", "198.51.103.255"),
          rule("e", "198.51.103.7"),
        ]),
      },
    },
    {
      name: "the Azure-services rule, which is no size",
      sections: { firewallRules: collected([rule("azure", "0.0.0.0")]) },
    },
    {
      name: "a range that runs backwards, which admits nobody",
      sections: { firewallRules: collected([rule("back", "203.0.113.9", "1.0.0.0")]) },
    },
    { name: "no rule at all", sections: { firewallRules: collected([]) } },
    {
      name: "a wider limit by policy",
      sections: { firewallRules: collected([rule("site", "198.51.100.0", "198.51.101.255")]) },
      policy: policy({ firewall: { maxAddressesPerRule: 512 } }),
    },
  ],
  fail: [
    {
      name: "one address too many, beside an innocent rule",
      sections: { firewallRules: collected([office, rule("site", "198.51.100.0", "198.51.101.0")]) },
      subjects: ["firewallRule/site"],
    },
    {
      name: "many rules inside the limit that add up to one address too many",
      sections: {
        firewallRules: collected([
          rule("a", "198.51.100.0", "198.51.100.255"),
          rule("b", "198.51.101.0", "198.51.101.255"),
          rule("c", "198.51.102.0", "198.51.102.255"),
          rule("d", "198.51.103.0", "198.51.103.255"),
          rule("e", "203.0.113.7"),
        ]),
      },
      subjects: ["server"],
    },
    {
      name: "everything from one rule with a name that needs encoding",
      sections: { firewallRules: collected([rule("50%/all", "0.0.0.0", "255.255.255.255")]) },
      subjects: ["firewallRule/50%25%2Fall", "server"],
    },
  ],
  notApplicable: [
    { name: "a VNet-integrated server", sections: { server: vnetIntegrated, firewallRules: collected([office]) } },
  ],
});

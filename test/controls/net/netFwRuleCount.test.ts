import { collected } from "../../../shared/collect/section.ts";
import { netFwRuleCount } from "../../../shared/controls/net/netFwRuleCount.ts";
import type { FirewallRule } from "../../../shared/model/armEvidence.ts";
import { policy } from "../../builders.ts";
import { testControl } from "../testControl.ts";

const ten: readonly FirewallRule[] = Array.from({ length: 10 }, (_, index) => {
  const address = `203.0.113.${index}`;
  return { name: `site ${index}`, first: address, last: address };
});
const eleven = [...ten, { name: "one more", first: "203.0.113.99", last: "203.0.113.99" }];

testControl(netFwRuleCount, {
  pass: [
    { name: "exactly the limit", sections: { firewallRules: collected(ten) } },
    { name: "none", sections: { firewallRules: collected([]) } },
    {
      name: "a higher limit by policy",
      sections: { firewallRules: collected(eleven) },
      policy: policy({ firewall: { maxRules: 11 } }),
    },
  ],
  fail: [{ name: "one too many", sections: { firewallRules: collected(eleven) }, subjects: ["server"] }],
});

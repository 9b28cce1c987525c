import { collected } from "../../../shared/collect/section.ts";
import { netFwSaneRanges } from "../../../shared/controls/net/netFwSaneRanges.ts";
import type { FirewallRule } from "../../../shared/model/armEvidence.ts";
import { testControl } from "../testControl.ts";

function rule(name: string, first: string, last = first): FirewallRule {
  return { name, first, last };
}

testControl(netFwSaneRanges, {
  pass: [
    {
      name: "public addresses",
      sections: { firewallRules: collected([rule("a", "20.50.1.1"), rule("b", "11.0.0.0", "11.0.0.255")]) },
    },
    {
      name: "right beside the special ones",
      sections: {
        firewallRules: collected([
          rule("a", "172.15.255.255"),
          rule("b", "172.32.0.0"),
          rule("c", "192.169.0.0"),
          rule("d", "223.255.255.255"),
          rule("e", "1.0.0.0"),
        ]),
      },
    },
    {
      name: "the Azure-services rule, which is special and not meaningless",
      sections: { firewallRules: collected([rule("azure", "0.0.0.0")]) },
    },
  ],
  fail: [
    {
      name: "backwards, or no address",
      sections: {
        firewallRules: collected([
          rule("good", "20.50.1.1"),
          rule("back", "20.50.1.9", "20.50.1.1"),
          rule("text", "20.50.1.1", "20.50.1.x"),
        ]),
      },
      subjects: ["firewallRule/back", "firewallRule/text"],
    },
    {
      name: "one address of each kind that cannot come from the Internet",
      sections: {
        firewallRules: collected([
          rule("this", "0.0.0.1"),
          rule("ten", "10.1.2.3"),
          rule("nat", "100.64.0.1"),
          rule("loop", "127.0.0.1"),
          rule("link", "169.254.1.1"),
          rule("oneSevenTwo", "172.31.255.255"),
          rule("oneNineTwo", "192.168.0.1"),
          rule("docs", "203.0.113.1"),
          rule("bench", "198.19.0.1"),
          rule("multi", "224.0.0.1"),
          rule("last", "255.255.255.255"),
        ]),
      },
      subjects: [
        "bench",
        "docs",
        "last",
        "link",
        "loop",
        "multi",
        "nat",
        "oneNineTwo",
        "oneSevenTwo",
        "ten",
        "this",
      ].map((name) => `firewallRule/${name}`),
    },
    {
      name: "a range over three kinds, all shown",
      sections: { firewallRules: collected([rule("wide", "169.254.255.255", "192.0.2.1")]) },
      subjects: ["firewallRule/wide"],
      says: [
        "link-local (169.254.0.0-169.254.255.255), documentation (192.0.2.0-192.0.2.255).",
        "private (172.16.0.0-172.31.255.255), link-local",
      ],
    },
    {
      name: "a range that reaches into private addresses",
      sections: { firewallRules: collected([rule("slip", "9.255.255.0", "10.0.0.255")]) },
      subjects: ["firewallRule/slip"],
    },
  ],
});

import { collected } from "../../../shared/collect/section.ts";
import { netFwNoAnyIp } from "../../../shared/controls/net/netFwNoAnyIp.ts";
import type { FirewallRule } from "../../../shared/model/armEvidence.ts";
import { testControl } from "../testControl.ts";

function rule(name: string, first: string, last = first): FirewallRule {
  return { name, first, last };
}

/** 256 rules of a /9 each, every second one: half of all addresses in pieces that do not touch. */
const pieces = Array.from({ length: 256 }, (_, index) =>
  rule(`piece ${index}`, `${index}.0.0.0`, `${index}.127.255.255`),
);

testControl(netFwNoAnyIp, {
  pass: [
    {
      name: "one address less than half the Internet",
      sections: { firewallRules: collected([rule("a", "0.0.0.1", "127.255.255.255")]) },
    },
    { name: "pieces of which one is missing", sections: { firewallRules: collected(pieces.slice(1)) } },
    {
      name: "large rules over the same addresses",
      sections: { firewallRules: collected([rule("a", "1.0.0.0", "100.0.0.0"), rule("b", "2.0.0.0", "101.0.0.0")]) },
    },
    { name: "the Azure-services rule", sections: { firewallRules: collected([rule("azure", "0.0.0.0")]) } },
    {
      name: "everything backwards, which is nothing",
      sections: { firewallRules: collected([rule("back", "255.255.255.255", "0.0.0.0")]) },
    },
    { name: "no rule", sections: { firewallRules: collected([]) } },
  ],
  fail: [
    {
      name: "everything",
      sections: { firewallRules: collected([rule("all", "0.0.0.0", "255.255.255.255")]) },
      subjects: ["server"],
    },
    {
      name: "everything but 0.0.0.0",
      sections: { firewallRules: collected([rule("all", "0.0.0.1", "255.255.255.255")]) },
      subjects: ["server"],
    },
    {
      name: "exactly half",
      sections: { firewallRules: collected([rule("half", "128.0.0.0", "255.255.255.255")]) },
      subjects: ["server"],
    },
    {
      name: "two halves",
      sections: {
        firewallRules: collected([
          rule("low", "0.0.0.0", "127.255.255.255"),
          rule("high", "128.0.0.0", "255.255.255.255"),
        ]),
      },
      subjects: ["server"],
    },
    { name: "many pieces", sections: { firewallRules: collected(pieces) }, subjects: ["server"] },
  ],
});

import { collected } from "../../../shared/collect/section.ts";
import { netFwAdHoc } from "../../../shared/controls/net/netFwAdHoc.ts";
import type { FirewallRule } from "../../../shared/model/armEvidence.ts";
import { policy } from "../../builders.ts";
import { testControl } from "../testControl.ts";

function rule(name: string, first: string, last = first): FirewallRule {
  return { name, first, last };
}

// The builders' postures are taken on 2026-11-22 at 06:00 UTC.
const clicked = rule("ClientIPAddress_laptop", "203.0.113.9");
const key = "ClientIPAddress_laptop 203.0.113.9 203.0.113.9";

testControl(netFwAdHoc, {
  pass: [
    { name: "first seen now", sections: { firewallRules: collected([clicked]) } },
    {
      name: "first seen exactly seven days ago",
      sections: { firewallRules: collected([clicked]) },
      history: { firewallRules: { [key]: "2026-11-15T06:00:00.000Z" } },
    },
    {
      name: "a chosen name, however old",
      sections: { firewallRules: collected([rule("office ClientIPAddress_", "203.0.113.9")]) },
      history: { firewallRules: { "office ClientIPAddress_ 203.0.113.9 203.0.113.9": "2020-01-01T00:00:00.000Z" } },
    },
    {
      name: "a date of this week in the name",
      sections: { firewallRules: collected([rule("ClientIPAddress_2026-11-20_9-5-33", "203.0.113.9")]) },
    },
    {
      name: "a date in the future, which is no age",
      sections: { firewallRules: collected([rule("ClientIPAddress_2030-1-1_0-0-0", "203.0.113.9")]) },
    },
    {
      name: "the same name with another address, known under its own key",
      sections: { firewallRules: collected([clicked]) },
      history: { firewallRules: { "ClientIPAddress_laptop 203.0.113.8 203.0.113.8": "2020-01-01T00:00:00.000Z" } },
    },
    {
      name: "more days by policy",
      sections: { firewallRules: collected([clicked]) },
      history: { firewallRules: { [key]: "2026-11-01T00:00:00.000Z" } },
      policy: policy({ firewall: { adHocDays: 30 } }),
    },
  ],
  fail: [
    {
      name: "first seen a second more than seven days ago",
      sections: { firewallRules: collected([clicked, rule("office", "198.51.100.1")]) },
      history: { firewallRules: { [key]: "2026-11-15T05:59:59.000Z" } },
      subjects: ["firewallRule/ClientIPAddress_laptop"],
    },
    {
      name: "an old date in the name, although first seen now",
      sections: {
        firewallRules: collected([
          rule("FirewallIPAddress_2026-9-2_9-5-33", "203.0.113.9"),
          rule("allowall_2026-11-14_0-0-0", "203.0.113.10"),
        ]),
      },
      subjects: ["firewallRule/FirewallIPAddress_2026-9-2_9-5-33", "firewallRule/allowall_2026-11-14_0-0-0"],
    },
    {
      name: "seen earlier than the name says",
      sections: {
        firewallRules: collected([rule("AllowAllAzureServicesAndResourcesWithinAzureIps_2026-11-21_0-0-0", "0.0.0.0")]),
      },
      history: {
        firewallRules: {
          "AllowAllAzureServicesAndResourcesWithinAzureIps_2026-11-21_0-0-0 0.0.0.0 0.0.0.0":
            "2026-10-01T00:00:00.000Z",
        },
      },
      subjects: ["firewallRule/AllowAllAzureServicesAndResourcesWithinAzureIps_2026-11-21_0-0-0"],
    },
  ],
});

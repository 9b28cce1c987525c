import { collected } from "../../../shared/collect/section.ts";
import { netFwLatent } from "../../../shared/controls/net/netFwLatent.ts";
import { serverFacts } from "../../builders.ts";
import { testControl } from "../testControl.ts";

const off = collected([serverFacts({ publicNetworkAccess: "Disabled" })]);

testControl(netFwLatent, {
  pass: [{ name: "no rule waits", sections: { server: off, firewallRules: collected([]) } }],
  fail: [
    {
      name: "every rule that waits",
      sections: {
        server: off,
        firewallRules: collected([
          { name: "office", first: "203.0.113.0", last: "203.0.113.15" },
          { name: "all", first: "0.0.0.0", last: "255.255.255.255" },
        ]),
      },
      subjects: ["firewallRule/office", "firewallRule/all"],
    },
  ],
  notApplicable: [
    {
      name: "the endpoint is on",
      sections: { firewallRules: collected([{ name: "office", first: "203.0.113.0", last: "203.0.113.15" }]) },
    },
    {
      name: "VNet-integrated servers have no rules",
      sections: {
        server: collected([serverFacts({ publicNetworkAccess: "Disabled", delegatedSubnetId: "/subnets/db" })]),
        firewallRules: collected([]),
      },
    },
  ],
});

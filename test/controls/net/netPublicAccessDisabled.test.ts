import { collected } from "../../../shared/collect/section.ts";
import { netPublicAccessDisabled } from "../../../shared/controls/net/netPublicAccessDisabled.ts";
import { serverFacts } from "../../builders.ts";
import { testControl } from "../testControl.ts";

testControl(netPublicAccessDisabled, {
  pass: [
    { name: "switched off", sections: { server: collected([serverFacts({ publicNetworkAccess: "Disabled" })]) } },
    {
      name: "VNet-integrated, although it reports Enabled",
      sections: {
        server: collected([serverFacts({ delegatedSubnetId: "/subnets/db", publicNetworkAccess: "Enabled" })]),
      },
    },
  ],
  fail: [
    { name: "switched on", sections: { server: collected([serverFacts()]) }, subjects: ["server"] },
    {
      name: "a subnet that is an empty text",
      sections: { server: collected([serverFacts({ delegatedSubnetId: "" })]) },
      subjects: ["server"],
    },
    {
      name: "not reported, which is the default",
      sections: { server: collected([serverFacts({ publicNetworkAccess: null })]) },
      subjects: ["server"],
    },
  ],
});

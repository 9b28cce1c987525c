import { collected } from "../../../shared/collect/section.ts";
import { netNsgPresent } from "../../../shared/controls/net/netNsgPresent.ts";
import { delegatedNetwork, serverFacts } from "../../builders.ts";
import { testControl } from "../testControl.ts";

const network = delegatedNetwork();
const server = collected([serverFacts({ delegatedSubnetId: network.subnetId })]);

testControl(netNsgPresent, {
  pass: [{ name: "with a group", sections: { server, delegatedNetwork: collected([network]) } }],
  fail: [
    {
      name: "without",
      sections: { server, delegatedNetwork: collected([delegatedNetwork({ securityGroupId: null })]) },
      subjects: ["subnet/hub/db"],
    },
  ],
  notApplicable: [{ name: "a server that is not VNet-integrated", sections: { delegatedNetwork: collected([]) } }],
});

import { collected } from "../../../shared/collect/section.ts";
import { netSubnetDelegation } from "../../../shared/controls/net/netSubnetDelegation.ts";
import { delegatedNetwork, serverFacts } from "../../builders.ts";
import { testControl } from "../testControl.ts";

const network = delegatedNetwork();
const server = collected([serverFacts({ delegatedSubnetId: network.subnetId })]);

const service = "Microsoft.DBforPostgreSQL/flexibleServers";

testControl(netSubnetDelegation, {
  pass: [
    { name: "to the service alone", sections: { server, delegatedNetwork: collected([network]) } },
    {
      name: "in another case",
      sections: { server, delegatedNetwork: collected([delegatedNetwork({ delegations: [service.toLowerCase()] })]) },
    },
  ],
  fail: [
    {
      name: "to nothing",
      says: ["is delegated to nothing"],
      sections: { server, delegatedNetwork: collected([delegatedNetwork({ delegations: [] })]) },
      subjects: ["subnet/hub/db"],
    },
    {
      name: "to something else as well",
      says: ["is delegated to Microsoft.DBforPostgreSQL/flexibleServers, Microsoft.Web/serverFarms"],
      sections: {
        server,
        delegatedNetwork: collected([delegatedNetwork({ delegations: [service, "Microsoft.Web/serverFarms"] })]),
      },
      subjects: ["subnet/hub/db"],
    },
    {
      name: "to something else, in a subnet whose id has another form",
      sections: {
        server,
        delegatedNetwork: collected([delegatedNetwork({ subnetId: "db", delegations: ["Microsoft.Web/serverFarms"] })]),
      },
      subjects: ["subnet/db"],
    },
  ],
});

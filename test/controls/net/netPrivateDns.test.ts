import { collected, unavailable } from "../../../shared/collect/section.ts";
import { netPrivateDns } from "../../../shared/controls/net/netPrivateDns.ts";
import { serverFacts, subscriptionId } from "../../builders.ts";
import { testControl } from "../testControl.ts";

const provider = `/subscriptions/${subscriptionId}/resourceGroups/net/providers/Microsoft.Network`;
const network = `${provider}/virtualNetworks/hub`;
const zoneId = `${provider}/privateDnsZones/orders.private.postgres.database.azure.com`;
const server = collected([serverFacts({ delegatedSubnetId: `${network}/subnets/db`, privateDnsZoneId: zoneId })]);

testControl(netPrivateDns, {
  pass: [
    {
      name: "the zone is linked to the server's network, whatever the case of ids",
      sections: {
        server,
        privateDnsZone: collected([{ zoneId, linkedNetworkIds: [`${network}-spoke`.toLowerCase(), network] }]),
      },
    },
  ],
  fail: [
    {
      name: "the zone is linked elsewhere only",
      sections: {
        server,
        privateDnsZone: collected([{ zoneId, linkedNetworkIds: [`${network}-spoke`.toLowerCase()] }]),
      },
      subjects: ["server"],
    },
    {
      name: "the zone is an empty text",
      sections: {
        server: collected([serverFacts({ delegatedSubnetId: `${network}/subnets/db`, privateDnsZoneId: "" })]),
        privateDnsZone: collected([]),
      },
      subjects: ["server"],
    },
    {
      name: "there is no zone, and so no section either",
      sections: {
        server: collected([serverFacts({ delegatedSubnetId: `${network}/subnets/db` })]),
        privateDnsZone: unavailable("absent", "The server has no private DNS zone."),
      },
      subjects: ["server"],
    },
  ],
  notApplicable: [{ name: "a server that is not VNet-integrated", sections: {} }],
  unknown: [
    {
      name: "the zone could not be read",
      sections: { server, privateDnsZone: unavailable("denied", "Reader on the zone is missing.") },
      subjects: ["server"],
      section: "privateDnsZone",
    },
    {
      name: "the section is empty",
      sections: { server, privateDnsZone: collected([]) },
      subjects: ["server"],
      section: "privateDnsZone",
    },
  ],
});

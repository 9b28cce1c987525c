import { collected } from "../../../shared/collect/section.ts";
import { netPrivateEndpoint } from "../../../shared/controls/net/netPrivateEndpoint.ts";
import type { PrivateEndpointConnection } from "../../../shared/model/armEvidence.ts";
import { serverFacts, subscriptionId } from "../../builders.ts";
import { testControl } from "../testControl.ts";

function connection(
  name: string,
  status: string,
  subscription: string | null = subscriptionId,
): PrivateEndpointConnection {
  const privateEndpointId =
    subscription === null
      ? null
      : `/subscriptions/${subscription}/resourceGroups/net/providers/Microsoft.Network/privateEndpoints/${name}`;
  return { name, status, privateEndpointId, groupIds: ["postgresqlServer"] };
}

testControl(netPrivateEndpoint, {
  pass: [
    {
      name: "one Approved among others",
      sections: { privateEndpointConnections: collected([connection("a", "Rejected"), connection("b", "Approved")]) },
    },
  ],
  fail: [
    {
      name: "none",
      says: ["there is no connection at all"],
      sections: { privateEndpointConnections: collected([]) },
      subjects: ["server"],
    },
    {
      name: "only one that waits",
      says: ["a is Pending, b is Disconnected"],
      sections: {
        privateEndpointConnections: collected([connection("a", "Pending"), connection("b", "Disconnected")]),
      },
      subjects: ["server"],
    },
  ],
  notApplicable: [
    {
      name: "a VNet-integrated server",
      sections: {
        server: collected([serverFacts({ delegatedSubnetId: "/subnets/db" })]),
        privateEndpointConnections: collected([]),
      },
    },
  ],
});

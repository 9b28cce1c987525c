import { collected } from "../../../shared/collect/section.ts";
import { netPrivateEndpointPending } from "../../../shared/controls/net/netPrivateEndpointPending.ts";
import type { PrivateEndpointConnection } from "../../../shared/model/armEvidence.ts";
import { policy, subscriptionId } from "../../builders.ts";
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

const other = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee";

testControl(netPrivateEndpointPending, {
  pass: [
    {
      name: "approved, from the server's own subscription",
      sections: { privateEndpointConnections: collected([connection("a", "Approved")]) },
    },
    {
      name: "rejected, from anywhere",
      sections: {
        privateEndpointConnections: collected([
          connection("a", "Rejected", other),
          connection("b", "Disconnected", null),
        ]),
      },
    },
    {
      name: "approved, from one of the subscriptions that the policy lists, in another case",
      sections: {
        privateEndpointConnections: collected([
          connection("a", "Approved", `${other.slice(0, 8).toUpperCase()}${other.slice(8)}`),
        ]),
      },
      policy: policy({ network: { privateEndpointSubscriptions: [subscriptionId, other.toUpperCase()] } }),
    },
  ],
  fail: [
    {
      name: "one that waits, beside one that is fine",
      sections: {
        privateEndpointConnections: collected([connection("fine", "Approved"), connection("waits", "Pending")]),
      },
      subjects: ["privateEndpointConnection/waits"],
    },
    {
      name: "approved, from an unknown subscription or a hidden one",
      sections: {
        privateEndpointConnections: collected([
          connection("strange", "Approved", other),
          connection("hidden", "Approved", null),
        ]),
      },
      subjects: ["privateEndpointConnection/strange", "privateEndpointConnection/hidden"],
    },
    {
      name: "the server's own subscription, when the policy lists others",
      sections: { privateEndpointConnections: collected([connection("own", "Approved")]) },
      policy: policy({ network: { privateEndpointSubscriptions: [other] } }),
      subjects: ["privateEndpointConnection/own"],
    },
  ],
  notApplicable: [{ name: "without connections", sections: { privateEndpointConnections: collected([]) } }],
});

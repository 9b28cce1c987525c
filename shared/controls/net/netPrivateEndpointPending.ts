import { defineControl, fail, pass, subjectOf } from "../control.ts";

export const netPrivateEndpointPending = defineControl({
  meta: {
    id: "net-private-endpoint-pending",
    title: "No private endpoint waits for approval or comes from an unknown subscription",
    severity: "medium",
    requires: ["privateEndpointConnections"],
    appliesTo: ["publicModel"],
    frameworks: {
      proposed: { mcsb: ["NS-2"], nist80053r5: ["AC-4", "CM-8"], pciDss401: ["1.2.5"], iso27001_2022: ["A.8.20"] },
    },
    rationale:
      "Anyone who knows the server's resource id may ask for a private endpoint, from any tenant. One hasty approval puts the server into a stranger's network.",
    remediation: {
      cli: `# Unknown: reject it. Expected: --approve instead, and list its subscription in policy.network.privateEndpointSubscriptions.
az postgres flexible-server private-endpoint-connection reject --resource-group <group> --server-name <server> --name <connection>`,
    },
  },

  evaluate({ privateEndpointConnections }, { network: { privateEndpointSubscriptions } }, { server }) {
    const allowed = privateEndpointSubscriptions.length === 0 ? [server.subscriptionId] : privateEndpointSubscriptions;
    return privateEndpointConnections.map(({ name, status, privateEndpointId }) => {
      const subject = subjectOf("privateEndpointConnection", name);
      if (status === "Pending") return fail(subject, `Private endpoint connection ${name} waits for approval.`);
      // Rejected and Disconnected lead nowhere.
      if (status !== "Approved") return pass(subject, `Private endpoint connection ${name} is ${status}.`);
      const subscription = subscriptionOf(privateEndpointId);
      if (subscription === undefined)
        return fail(
          subject,
          `Private endpoint connection ${name} is Approved and does not show where its endpoint is.`,
        );
      if (!allowed.some((id) => id.toLowerCase() === subscription))
        return fail(
          subject,
          `Private endpoint connection ${name} is Approved for an endpoint in subscription ${subscription}; allowed are ${allowed.join(", ")}.`,
        );
      return pass(subject, `Private endpoint connection ${name} leads to subscription ${subscription}.`);
    });
  },
});

function subscriptionOf(resourceId: string | null): string | undefined {
  return /^\/subscriptions\/([^/]+)\//i.exec(resourceId ?? "")?.[1]?.toLowerCase();
}

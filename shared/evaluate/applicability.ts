import type { Condition } from "../controls/control.ts";
import { canariesOf } from "../controls/rls/canariesOf.ts";
import { isVnetIntegrated } from "../controls/net/networkModel.ts";
import type { ServerFacts } from "../model/armEvidence.ts";
import type { Policy } from "../model/policy.ts";

interface Applicability {
  readonly holds: (server: ServerFacts, policy: Policy) => boolean;
  /** Why the control is not applicable when the condition does not hold. */
  readonly otherwise: string;
}

export const applicability: Readonly<Record<Condition, Applicability>> = {
  publicModel: {
    holds: (server) => !isVnetIntegrated(server),
    otherwise: "The server is integrated into a virtual network and has no firewall rules.",
  },
  publicEndpointEnabled: {
    // A VNet-integrated server may report Enabled although it has no public endpoint.
    holds: (server) => !isVnetIntegrated(server) && server.publicNetworkAccess !== "Disabled",
    otherwise: "The server has no public endpoint.",
  },
  publicEndpointDisabled: {
    holds: (server) => !isVnetIntegrated(server) && server.publicNetworkAccess === "Disabled",
    otherwise: "The public endpoint is not switched off.",
  },
  delegatedSubnet: {
    holds: isVnetIntegrated,
    otherwise: "The server is not integrated into a virtual network.",
  },
  privateModel: {
    holds: (server) => isVnetIntegrated(server) || server.publicNetworkAccess === "Disabled",
    otherwise: "The server has a public endpoint.",
  },
  entraOn: {
    holds: (server) => server.entraAuthentication === "Enabled",
    otherwise: "Entra authentication is off.",
  },
  passwordOn: {
    // Absent is Enabled: the service's default, and the careful reading.
    holds: (server) => server.passwordAuthentication !== "Disabled",
    otherwise: "Password authentication is off.",
  },
  entraOnlyProfile: {
    holds: (_server, policy) => policy.entra.only,
    otherwise: "The policy does not ask for Entra authentication only (policy.entra.only).",
  },
  tenantConfigured: {
    holds: (_server, policy) => policy.entra.tenantId !== null,
    otherwise: "No expected tenant is configured (policy.entra.tenantId).",
  },
  approvedFirewall: {
    holds: (_server, policy) => policy.firewall.approved.length > 0,
    otherwise: "No list of approved ranges is configured (policy.firewall.approved).",
  },
  canaryConfigured: {
    holds: ({ name }, policy) => canariesOf(policy, name).length > 0,
    otherwise: "No canary is configured for this server (policy.rowSecurity.canaries).",
  },
  pgBouncerTier: {
    holds: (server) => server.skuTier !== "Burstable",
    otherwise: "The Burstable tier has no PgBouncer.",
  },
};

import type { GivenCondition, ServerCondition } from "../controls/control.ts";
import { isVnetIntegrated } from "../controls/net/networkModel.ts";
import { canariesOf } from "../controls/rls/canariesOf.ts";
import type { ServerFacts } from "../model/armEvidence.ts";
import type { Policy } from "../model/policy.ts";

interface Applicability<F> {
  readonly holds: (facts: F) => boolean;
  /** Why the control is not applicable when the condition does not hold. */
  readonly otherwise: string;
}

/** What is known of a server before anything of it was read. */
export interface Given {
  readonly policy: Policy;
  /** The server's name. */
  readonly server: string;
  readonly hasBaseline: boolean;
}

export const givenConditions: Readonly<Record<GivenCondition, Applicability<Given>>> = {
  entraOnlyProfile: {
    holds: ({ policy }) => policy.entra.only,
    otherwise: "The policy does not ask for Entra authentication only (policy.entra.only).",
  },
  tenantConfigured: {
    holds: ({ policy }) => policy.entra.tenantId !== null,
    otherwise: "No expected tenant is configured (policy.entra.tenantId).",
  },
  approvedFirewall: {
    holds: ({ policy }) => policy.firewall.approved.length > 0,
    otherwise: "No list of approved ranges is configured (policy.firewall.approved).",
  },
  canaryConfigured: {
    holds: ({ policy, server }) => canariesOf(policy, server).length > 0,
    otherwise: "No canary is configured for this server (policy.rowSecurity.canaries).",
  },
  sensitiveColumnsListed: {
    holds: ({ policy }) => policy.privileges.sensitiveColumns.length > 0,
    otherwise: "No pattern of sensitive columns is configured (policy.privileges.sensitiveColumns).",
  },
  extensionsListed: {
    holds: ({ policy }) => policy.code.allowedExtensions.length > 0,
    otherwise: "No list of approved extensions is configured (policy.code.allowedExtensions).",
  },
  preloadListed: {
    holds: ({ policy }) => policy.code.preloadLibraries.length > 0,
    otherwise: "No list of approved libraries is configured (policy.code.preloadLibraries).",
  },
  cryptoRequired: {
    holds: ({ policy }) => policy.code.cryptoRequired,
    otherwise: "The policy does not say that data needs encryption or masking (policy.code.cryptoRequired).",
  },
  requiredTablesListed: {
    holds: ({ policy }) => policy.rowSecurity.requiredTables.length > 0,
    otherwise: "No table is listed that needs row security (policy.rowSecurity.requiredTables).",
  },
  roleProfilesListed: {
    holds: ({ policy }) => policy.privileges.roleProfiles.length > 0,
    otherwise: "No role has a declared profile (policy.privileges.roleProfiles).",
  },
  ownerSplitAsked: {
    holds: ({ policy }) => policy.roles.ownerSplit,
    otherwise: "The policy does not ask to keep owners and logins apart (policy.roles.ownerSplit).",
  },
  baselineInForce: {
    holds: ({ hasBaseline }) => hasBaseline,
    otherwise: "No approved baseline is in force; that is a finding of its own.",
  },
};

export const serverConditions: Readonly<Record<ServerCondition, Applicability<ServerFacts>>> = {
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
  pgBouncerTier: {
    holds: (server) => server.skuTier !== "Burstable",
    otherwise: "The Burstable tier has no PgBouncer.",
  },
};

/** Whether a condition needs section `server`. */
export function isServerCondition(condition: GivenCondition | ServerCondition): condition is ServerCondition {
  return condition in serverConditions;
}

import type { CatalogSections } from "../collect/collectCatalog.ts";
import type { ProbeSections } from "../collect/collectProbes.ts";
import type { Sections, Unavailable } from "../model/section.ts";

/** Every section of Azure Resource Manager and of rotation unavailable, for postures that come from elsewhere. */
export function noAzure(gap: Unavailable): Omit<Sections, keyof CatalogSections | keyof ProbeSections | "canaries"> {
  return {
    server: gap,
    firewallRules: gap,
    parameters: gap,
    entraAdministrators: gap,
    privateEndpointConnections: gap,
    threatProtection: gap,
    diagnosticSettings: gap,
    backups: gap,
    replicas: gap,
    delegatedNetwork: gap,
    privateDnsZone: gap,
    credentials: gap,
    credentialLogins: gap,
    vaults: gap,
    loginHistory: gap,
  };
}

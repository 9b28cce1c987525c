import type { ServerFacts } from "../../model/armEvidence.ts";
import type { Posture } from "../../model/posture.ts";
import type { Section } from "../../model/section.ts";
import type { TableRow } from "../tables.ts";
import { makeRow, type RowContext } from "./row.ts";

/** One row per server and run; facts that could not be read are null, and the sections say why. */
export function serverRow(posture: Posture, context: RowContext): TableRow<"PgWardenServer_CL"> {
  const { sections } = posture;
  const facts = itemsOf(sections.server)?.[0];
  const tls = itemsOf(sections.tlsProbes);
  return makeRow("PgWardenServer_CL", context, "server", {
    Location: facts?.location ?? posture.server.location,
    Version: facts?.version ?? null,
    MinorVersion: facts?.minorVersion ?? null,
    State: facts?.state ?? null,
    Fqdn: facts?.fqdn ?? null,
    AdministratorLogin: facts?.administratorLogin ?? null,
    SkuName: facts?.skuName ?? null,
    SkuTier: facts?.skuTier ?? null,
    NetworkModel: networkModel(facts),
    PublicNetworkAccess: facts?.publicNetworkAccess ?? null,
    DelegatedSubnetId: facts?.delegatedSubnetId ?? null,
    FirewallRuleCount: itemsOf(sections.firewallRules)?.length ?? null,
    PrivateEndpointCount: itemsOf(sections.privateEndpointConnections)?.length ?? null,
    EntraAuthentication: facts?.entraAuthentication ?? null,
    PasswordAuthentication: facts?.passwordAuthentication ?? null,
    EntraTenantId: facts?.tenantId ?? null,
    RequireSecureTransport: parameterValue(posture, "require_secure_transport"),
    MinimumTlsVersion: parameterValue(posture, "ssl_min_protocol_version"),
    NegotiatedTls:
      tls?.map(({ port, protocol, cipher, trusted, nameMatches }) => ({
        port,
        protocol,
        cipher,
        trusted,
        nameMatches,
      })) ?? null,
    CertificateNotAfter: tls?.flatMap(({ chain }) => chain.slice(0, 1))[0]?.notAfter ?? null,
    EncryptionType: facts?.encryptionType ?? null,
    EncryptionKeyStatus: facts?.encryptionKeyStatus ?? null,
    BackupRetentionDays: facts?.backupRetentionDays ?? null,
    GeoRedundantBackup: facts?.geoRedundantBackup ?? null,
    HighAvailabilityMode: facts?.highAvailabilityMode ?? null,
    ReplicationRole: facts?.replicationRole ?? null,
    ReplicaCount: itemsOf(sections.replicas)?.length ?? null,
    UnavailableSections: Object.entries(sections).flatMap(([section, content]: [string, Section<unknown>]) =>
      content.state === "collected" ? [] : [{ section, reason: content.reason }],
    ),
  });
}

function networkModel(facts: ServerFacts | undefined): string | null {
  if (facts === undefined) return null;
  return facts.delegatedSubnetId === null ? "public" : "virtualNetwork";
}

function parameterValue({ sections }: Posture, wanted: string): string | null {
  return itemsOf(sections.parameters)?.find(({ name }) => name === wanted)?.value ?? null;
}

function itemsOf<T>(section: Section<T>): readonly T[] | undefined {
  return section.state === "collected" ? section.items : undefined;
}

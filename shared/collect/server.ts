import * as v from "valibot";
import type { ServerFacts } from "../model/armEvidence.ts";
import type { ServerRef } from "../model/server.ts";
import { OptionalResourceId, OptionalText, postgresqlApiVersion, ResourceId } from "./armText.ts";
import { readNamingRight } from "./collectArm.ts";
import type { ArmReader } from "./collector.ts";

const EnabledOrDisabled = v.nullish(v.picklist(["Enabled", "Disabled"]), null);

/** Only what is used; what the body lacks is null, never the SDK's default. */
const ServerBody = v.object({
  id: ResourceId,
  name: v.string(),
  location: v.string(),
  tags: v.nullish(v.record(v.string(), v.string())),
  sku: v.nullish(v.object({ name: OptionalText, tier: OptionalText })),
  properties: v.object({
    version: v.string(),
    minorVersion: OptionalText,
    state: v.string(),
    fullyQualifiedDomainName: OptionalText,
    administratorLogin: OptionalText,
    authConfig: v.nullish(
      v.object({ activeDirectoryAuth: EnabledOrDisabled, passwordAuth: EnabledOrDisabled, tenantId: OptionalText }),
    ),
    network: v.nullish(
      v.object({
        publicNetworkAccess: EnabledOrDisabled,
        delegatedSubnetResourceId: OptionalResourceId,
        privateDnsZoneArmResourceId: OptionalResourceId,
      }),
    ),
    dataEncryption: v.nullish(
      v.object({
        type: v.nullish(v.picklist(["SystemManaged", "AzureKeyVault"]), null),
        primaryKeyURI: OptionalText,
        primaryEncryptionKeyStatus: OptionalText,
      }),
    ),
    backup: v.nullish(v.object({ backupRetentionDays: v.nullish(v.number(), null), geoRedundantBackup: OptionalText })),
    highAvailability: v.nullish(v.object({ mode: OptionalText })),
    replicationRole: OptionalText,
    sourceServerResourceId: OptionalResourceId,
  }),
});

export const serverAction = "Microsoft.DBforPostgreSQL/flexibleServers/read";

/** The first read of a server: its facts decide which other sections it can have. */
export async function collectServer(server: ServerRef, reader: ArmReader, signal: AbortSignal): Promise<ServerFacts> {
  const request = { apiVersion: postgresqlApiVersion, action: serverAction };
  return parseServer(await readNamingRight(server.id, request, reader, signal));
}

export function parseServer(value: unknown): ServerFacts {
  const { id, name, location, tags, sku, properties } = v.parse(ServerBody, value);
  const { authConfig, network, dataEncryption, backup, highAvailability } = properties;
  return {
    id,
    name,
    location,
    version: properties.version,
    minorVersion: properties.minorVersion,
    state: properties.state,
    fqdn: properties.fullyQualifiedDomainName,
    administratorLogin: properties.administratorLogin,
    skuName: sku?.name ?? null,
    skuTier: sku?.tier ?? null,
    entraAuthentication: authConfig?.activeDirectoryAuth ?? null,
    passwordAuthentication: authConfig?.passwordAuth ?? null,
    tenantId: authConfig?.tenantId ?? null,
    publicNetworkAccess: network?.publicNetworkAccess ?? null,
    delegatedSubnetId: network?.delegatedSubnetResourceId ?? null,
    privateDnsZoneId: network?.privateDnsZoneArmResourceId ?? null,
    encryptionType: dataEncryption?.type ?? null,
    encryptionKeyUri: dataEncryption?.primaryKeyURI ?? null,
    encryptionKeyStatus: dataEncryption?.primaryEncryptionKeyStatus ?? null,
    backupRetentionDays: backup?.backupRetentionDays ?? null,
    geoRedundantBackup: backup?.geoRedundantBackup ?? null,
    highAvailabilityMode: highAvailability?.mode ?? null,
    replicationRole: properties.replicationRole,
    sourceServerId: properties.sourceServerResourceId,
    tags: tags ?? {},
  };
}

/** Without a delegated subnet a server uses the public access model, its public endpoint on or off. */
export function isVnetIntegrated({ delegatedSubnetId }: ServerFacts): boolean {
  return delegatedSubnetId !== null && delegatedSubnetId !== "";
}

export function isReadReplica({ replicationRole }: ServerFacts): boolean {
  return replicationRole === "AsyncReplica" || replicationRole === "GeoAsyncReplica";
}

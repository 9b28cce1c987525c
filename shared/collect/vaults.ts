import * as v from "valibot";
import type { KeyVault } from "../model/credentialEvidence.ts";
import { OptionalFlag, OptionalText, ResourceId } from "./armText.ts";
import { readNamingRight, readPages } from "./collectArm.ts";
import { CollectError } from "./collectError.ts";
import type { ArmReader, ResourceGraphReader } from "./collector.ts";
import { diagnosticSettings } from "./diagnosticSettings.ts";

export const vaultRead = { apiVersion: "2024-11-01", action: "Microsoft.KeyVault/vaults/read" } as const;

/** What may stand in the address of a vault; a quote would end the literal of the query. */
const VaultUri = v.pipe(v.string(), v.regex(/^https:\/\/[\w.-]+(:\d+)?$/));

const VaultRow = v.object({ id: ResourceId, uri: v.string() });

/** Only what is used; what the body lacks is null. */
const VaultBody = v.object({
  id: ResourceId,
  properties: v.object({
    enableRbacAuthorization: OptionalFlag,
    enableSoftDelete: OptionalFlag,
    enablePurgeProtection: OptionalFlag,
    publicNetworkAccess: OptionalText,
    networkAcls: v.nullish(v.object({ defaultAction: OptionalText })),
  }),
});

/**
 * The vaults at these addresses: one query for where they are, and two reads of each. All or none, for with one of them
 * missing a control would take what it cannot see for good.
 *
 * @param uris as credentials name them, each once
 */
export async function collectVaults(
  uris: readonly string[],
  arm: ArmReader,
  resourceGraph: ResourceGraphReader,
  signal: AbortSignal,
): Promise<readonly KeyVault[]> {
  if (uris.length === 0) return [];
  const wanted = v.parse(v.array(VaultUri), uris);
  // They may stand in any subscription that the scanner reads, also in one whose servers it does not scan.
  const scope = { subscriptions: [], managementGroups: [] };
  const { rows, truncated } = await resourceGraph.query(vaultQuery(wanted), scope, signal);
  if (truncated) throw new CollectError("shape", "Resource Graph gave only a part of the vaults.");
  const ids = new Map(v.parse(v.array(VaultRow), rows).map(({ id, uri }) => [plain(uri), id]));
  const found = wanted.map((uri) => {
    const id = ids.get(plain(uri));
    if (id === undefined) throw notShown(uri);
    return { uri, id };
  });
  return await Promise.all(found.map(({ uri, id }) => readVault(uri, id, arm, signal)));
}

async function readVault(uri: string, id: string, arm: ArmReader, signal: AbortSignal): Promise<KeyVault> {
  const [body, settings] = await Promise.all([
    readNamingRight(id, vaultRead, arm, signal),
    readPages(`${id}/providers/Microsoft.Insights/diagnosticSettings`, diagnosticSettings, arm, signal),
  ]);
  const { properties } = v.parse(VaultBody, body);
  return {
    uri,
    id,
    rbacAuthorization: properties.enableRbacAuthorization,
    softDelete: properties.enableSoftDelete,
    purgeProtection: properties.enablePurgeProtection,
    publicNetworkAccess: properties.publicNetworkAccess,
    defaultAction: properties.networkAcls?.defaultAction ?? null,
    diagnosticSettings: settings.map((setting) => diagnosticSettings.parse(setting)),
  };
}

function notShown(uri: string): CollectError {
  return new CollectError(
    "denied",
    `Resource Graph does not show the vault ${uri}; the scanner's role needs the action ${vaultRead.action} where it is.`,
  );
}

function vaultQuery(uris: readonly string[]): string {
  const list = uris.map((uri) => `'${uri}/'`).join(", ");
  return (
    "resources | where type =~ 'microsoft.keyvault/vaults'" +
    ` | where tostring(properties.vaultUri) in~ (${list})` +
    " | project id, uri = tostring(properties.vaultUri)"
  );
}

/** The service ends the address with a slash and keeps the case that it was given. */
function plain(uri: string): string {
  return uri.toLowerCase().replace(/\/$/, "");
}

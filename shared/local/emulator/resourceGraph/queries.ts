import type { AzureState } from "../azureState.ts";

/** One row, its columns in the order of `project`. */
export type ResourceRow = Readonly<Record<string, unknown>> & { readonly id: string };

/** Rows of the subscriptions given, in no particular order. */
export type ResourceQuery = (state: AzureState, subscriptionIds: readonly string[]) => ResourceRow[];

const SERVERS =
  "resources | where type =~ 'microsoft.dbforpostgresql/flexibleservers' | project id, name, subscriptionId, resourceGroup, location, tags";

const ZONE_LINKS =
  /^resources \| where type =~ 'microsoft\.network\/privatednszones\/virtualnetworklinks' \| where id startswith '([^']+\/)' \| project id, networkId = tolower\(tostring\(properties\.virtualNetwork\.id\)\), state = tostring\(properties\.virtualNetworkLinkState\)$/;

const ZONE =
  /^resources \| where type =~ 'microsoft\.network\/privatednszones' \| where id =~ '([^']+)' \| project id$/;

const VAULTS =
  /^resources \| where type =~ 'microsoft\.keyvault\/vaults' \| where tostring\(properties\.vaultUri\) in~ \(('[^']+'(?:, '[^']+')*)\) \| project id, uri = tostring\(properties\.vaultUri\)$/;

/** The queries that the product sends, and no others: this is no KQL engine. White space does not count. */
export function resourceQuery(text: string): ResourceQuery | undefined {
  const query = text
    .replace(/\s+/g, " ")
    .replace(/ ?([|,]) ?/g, "$1")
    .replace(/\|/g, " | ")
    .replace(/,/g, ", ")
    .trim();
  if (query === SERVERS) return servers;
  const zone = ZONE_LINKS.exec(query)?.[1];
  if (zone !== undefined) return (state, subscriptionIds) => zoneLinks(state, subscriptionIds, zone);
  const zoneId = ZONE.exec(query)?.[1]?.toLowerCase();
  if (zoneId !== undefined) return (state, subscriptionIds) => zones(state, subscriptionIds, zoneId);
  const uris = VAULTS.exec(query)?.[1]
    ?.split(", ")
    .map((uri) => uri.slice(1, -1).toLowerCase());
  if (uris !== undefined) return (state, subscriptionIds) => vaults(state, subscriptionIds, uris);
  return undefined;
}

function servers(state: AzureState, subscriptionIds: readonly string[]): ResourceRow[] {
  return [...state.servers.values()].flatMap(({ body: { id, name, location, tags } }) => {
    const [, , subscriptionId = "", , resourceGroup = ""] = id.split("/");
    if (!subscriptionIds.includes(subscriptionId.toLowerCase())) return [];
    // The index lower-cases the group, and gives null where there are no tags.
    return [{ id, name, subscriptionId, resourceGroup: resourceGroup.toLowerCase(), location, tags: tags ?? null }];
  });
}

function zoneLinks({ network }: AzureState, subscriptionIds: readonly string[], prefix: string): ResourceRow[] {
  return network.privateDnsZoneLinks.flatMap(({ id, properties }) => {
    const lower = id.toLowerCase();
    if (!lower.startsWith(prefix.toLowerCase()) || !subscriptionIds.includes(lower.split("/")[2] ?? "")) return [];
    const networkId = properties.virtualNetwork.id.toLowerCase();
    return [{ id, networkId, state: properties.virtualNetworkLinkState }];
  });
}

function zones({ network }: AzureState, subscriptionIds: readonly string[], zoneId: string): ResourceRow[] {
  return network.privateDnsZones
    .filter((id) => id.toLowerCase() === zoneId && subscriptionIds.includes(zoneId.split("/")[2] ?? ""))
    .map((id) => ({ id }));
}

function vaults({ keyVaults }: AzureState, subscriptionIds: readonly string[], uris: readonly string[]): ResourceRow[] {
  return keyVaults
    .filter(({ body }) => subscriptionIds.includes(body.id.toLowerCase().split("/")[2] ?? ""))
    .map(({ body }) => ({ id: body.id, uri: body.properties.vaultUri }))
    .filter(({ uri }) => uris.includes(uri.toLowerCase()));
}
